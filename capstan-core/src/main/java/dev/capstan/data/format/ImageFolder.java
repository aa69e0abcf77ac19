package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.error.InvalidInputException;
import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Files of pictures or arrays in one folder a class, {@code DIR/<class>/...}, or without labels in
 * any folders.
 *
 * <p>Files come class by class, sorted by path within a class.
 */
final class ImageFolder implements Dataset {
  /** Names that hold whole sets, not classes. */
  private static final Set<String> SPLITS = Set.of("train", "val", "valid", "validation", "test");

  private final Path root;
  private final FileKind kind;
  private final List<String> classes;
  private final Names files = new Names();
  private final LeftOut leftOut;
  private int[] labels = {};

  private ImageFolder(Path root, FileKind kind, List<String> classes) {
    this.root = root;
    this.kind = kind;
    this.classes = classes;
    this.leftOut = new LeftOut(kind);
  }

  /** The images of a folder and of all folders below it, which belong to no class. */
  static ImageFolder withoutLabels(Path root, FileKind kind) {
    ImageFolder set = new ImageFolder(root, kind, List.of());
    Folders.files(root, root, kind, set.leftOut).forEach(image -> set.files.add(image.toString()));
    return set.labelRest(UNLABELLED);
  }

  /**
   * The images in the folders of classes, these in alphabetical order; where they hold none, those
   * of the folder itself.
   */
  static ImageFolder ofClasses(Path root, FileKind kind, List<Path> paths) {
    List<String> folders = paths.stream().map(path -> path.getFileName().toString()).toList();
    if (SPLITS.containsAll(folders)) {
      throw new InvalidInputException(
          root + ": its folders are sets, not classes: give one of " + String.join(", ", folders));
    }
    ImageFolder set = new ImageFolder(root, kind, folders);
    for (int label = 0; label < folders.size(); label++) {
      set.addClass(folders.get(label), label);
    }
    if (set.size() == 0) {
      return withoutLabels(root, kind);
    }
    Folders.loose(root, kind, set.leftOut).forEach(set.leftOut::loose);
    return set;
  }

  /** A folder may be empty: leaving it out would move the classes behind it. */
  private void addClass(String folder, int label) {
    List<Path> images = Folders.files(root, root.resolve(folder), kind, leftOut);
    if (images.isEmpty()) {
      leftOut.empty(Path.of(folder));
    }
    images.forEach(image -> files.add(image.toString()));
    labelRest(label);
  }

  private ImageFolder labelRest(int label) {
    int known = labels.length;
    labels = Arrays.copyOf(labels, files.size());
    Arrays.fill(labels, known, labels.length, label);
    return this;
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public String name(int index) {
    return root.resolve(files.get(index)).toString();
  }

  @Override
  public List<String> notes() {
    return leftOut.notes(root);
  }

  /** What a message says of it where it has no images. */
  String found() {
    return leftOut.found();
  }

  @Override
  public Dataset withoutLabels() {
    return isLabelled() ? withoutLabels(root, kind) : this;
  }

  @Override
  public boolean isOfArrays() {
    return kind == FileKind.ARRAYS;
  }

  @Override
  public Path arrays(int index) {
    return root.resolve(files.get(index));
  }

  @Override
  public RgbImage image(int index, ImageDecoder decoder) throws IOException {
    return decoder.decode(Files.readAllBytes(root.resolve(files.get(index))));
  }
}
