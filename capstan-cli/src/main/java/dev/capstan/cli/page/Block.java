package dev.capstan.cli.page;

import dev.capstan.cli.table.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that a section shows. */
public sealed interface Block {
  /**
   * A table.
   *
   * @param name what it is called where it is folded away, empty where it is open
   */
  record Tabular(String name, Table table) implements Block {}

  /** Named lines. */
  record Facts(List<Fact> facts) implements Block {
    /** Copies the list. */
    public Facts {
      facts = List.copyOf(facts);
    }
  }

  /** A named line. */
  record Fact(String name, String words) {}

  /** Text as it stands, folded away. */
  record Folded(String name, String text) implements Block {}

  /** Pictures under each other, each row of one thing. */
  record Pictures(List<PictureLine> lines) implements Block {
    /** Copies the list. */
    public Pictures {
      lines = List.copyOf(lines);
    }
  }

  /** Pictures side by side. */
  record PictureLine(String name, List<Picture> pictures) {
    /** Copies the list. */
    public PictureLine {
      pictures = List.copyOf(pictures);
    }
  }

  /**
   * A picture.
   *
   * @param png in Base64
   * @param words what stands below it
   */
  record Picture(String png, String words) {}

  /**
   * A drawing whose marks say what they are when they are pointed at or have the focus.
   *
   * @param title what it shows
   * @param size in pixels
   * @param lines what says nothing itself: axes, edges
   * @param marks what does
   * @param labels words
   * @param legend what looks mean
   */
  record Drawing(
      String title,
      Size size,
      List<Stroke> lines,
      List<Mark> marks,
      List<Label> labels,
      List<Meaning> legend)
      implements Block {
    /** Copies the lists. */
    public Drawing {
      lines = List.copyOf(lines);
      marks = List.copyOf(marks);
      labels = List.copyOf(labels);
      legend = List.copyOf(legend);
    }
  }

  /** Of a drawing, in pixels. */
  record Size(int width, int height) {}

  /**
   * An outline.
   *
   * @param path in SVG's notation
   * @param look a class of the style sheet
   */
  record Stroke(String path, String look) {
    /** A filled rectangle. */
    static Stroke box(double x, double y, double width, double height, String look) {
      return new Stroke(
          "M%s %sh%sv%sh-%sz"
              .formatted(
                  Pixels.of(x),
                  Pixels.of(y),
                  Pixels.of(width),
                  Pixels.of(height),
                  Pixels.of(width)),
          look);
    }

    /** A filled circle. */
    static Stroke dot(double x, double y, double radius, String look) {
      String r = Pixels.of(radius);
      String d = Pixels.of(2 * radius);
      return new Stroke(
          "M%s %sa%s %s 0 1 0 %s 0a%s %s 0 1 0 -%s 0z"
              .formatted(Pixels.of(x - radius), Pixels.of(y), r, r, d, r, r, d),
          look);
    }

    /** A straight line. */
    static Stroke line(double x1, double y1, double x2, double y2, String look) {
      return new Stroke(
          "M%s %sL%s %s".formatted(Pixels.of(x1), Pixels.of(y1), Pixels.of(x2), Pixels.of(y2)),
          look);
    }
  }

  /**
   * What is pointed at.
   *
   * @param strokes how it looks
   * @param words what it says
   * @param group marks of one group are shown together; null for none
   */
  record Mark(List<Stroke> strokes, String words, @Nullable String group) {
    /** Copies the list. */
    public Mark {
      strokes = List.copyOf(strokes);
    }
  }

  /**
   * Words at a place.
   *
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  record Label(double x, double y, String anchor, String words) {}

  /** What a look means. */
  record Meaning(String look, String words) {}
}
