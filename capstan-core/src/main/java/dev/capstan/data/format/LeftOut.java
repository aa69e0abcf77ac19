package dev.capstan.data.format;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What of a folder is no image of the set: counted, and some of it named. */
final class LeftOut {
  private static final int NAMED = 3;

  private final FileKind kind;
  private final Group hidden = new Group();
  private final Group foreign = new Group();
  private final Group loose = new Group();
  private final Group empty = new Group();

  /** What is left out of a folder of such files. */
  LeftOut(FileKind kind) {
    this.kind = kind;
  }

  /** What is left out for one reason. */
  private static final class Group {
    private final List<String> names = new ArrayList<>();
    private int count;

    void add(Path path) {
      count++;
      if (names.size() < NAMED) {
        names.add(path.toString().replaceAll("\\p{Cntrl}", "?"));
      }
    }

    /** The count, what it counts, and the first names. */
    String told(String one, String many) {
      String rest = count > names.size() ? ", ..." : "";
      return "%d %s (%s%s)"
          .formatted(count, count == 1 ? one : many, String.join(", ", names), rest);
    }
  }

  /** An entry whose name begins with a dot; of a folder what is in it, too. */
  void hidden(Path path) {
    hidden.add(path);
  }

  /** A file in no format that is read. */
  void foreign(Path path) {
    foreign.add(path);
  }

  /** An image that lies beside the folders of classes. */
  void loose(Path path) {
    loose.add(path);
  }

  /** The folder of a class without images, which is a class all the same. */
  void empty(Path folder) {
    empty.add(folder);
  }

  /** A line on what the user may not expect, none where there is nothing of it. */
  List<String> notes(Path root) {
    List<String> parts = new ArrayList<>();
    if (hidden.count > 0) {
      parts.add(hidden.told("hidden entry", "hidden entries"));
    }
    if (foreign.count > 0) {
      parts.add(foreign());
    }
    if (loose.count > 0) {
      parts.add(loose.told("image of no class", "images of no class"));
    }
    List<String> notes = new ArrayList<>();
    if (!parts.isEmpty()) {
      notes.add(root + ": left out: " + String.join("; ", parts));
    }
    if (empty.count > 0) {
      notes.add(root + ": " + empty.told("class", "classes") + " without an image");
    }
    return notes;
  }

  /** What a message says of a folder without images. */
  String found() {
    return foreign.count == 0 ? "found none" : "found " + foreign();
  }

  private String foreign() {
    return foreign.told("file", "files") + " in no format that is read (" + kind.formats() + ")";
  }
}
