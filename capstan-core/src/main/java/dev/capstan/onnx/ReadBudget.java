package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import java.util.Collection;
import java.util.List;

/**
 * What reading one model may take, counted, not timed: a small file can ask for any amount of work,
 * by functions that call functions and by lists of extents that are made of each other. The largest
 * networks in use take a tenth at most.
 */
final class ReadBudget {
  /** Nodes, those counted that stand in place of calls of functions, and the calls. */
  static final int MAX_NODES = 50_000;

  /** Outputs of a model, and inputs that are no initializers: ONNX Runtime takes their square. */
  static final int MAX_GIVEN = 1 << 11;

  /** Values that these nodes read and give: one of them may join any number. */
  static final int MAX_ENDS = 1 << 18;

  /** Characters in names that are made for nodes of functions. */
  static final int MAX_NAMES = 1 << 24;

  /** Elements of lists of extents, each time one is made or read. */
  static final int MAX_EXTENTS = 1 << 22;

  /** Elements of all values of one image; far more are more than any machine holds. */
  static final long MAX_ELEMENTS = 1L << 36;

  /** Elements of one of them: a photo of 64 megapixels in 16 channels. */
  static final long MAX_VALUE = 1L << 30;

  /** Channels of all values: each is followed from layer to layer by itself. */
  static final int MAX_CHANNELS = 1 << 23;

  /** Characters of one name: records and files of bases are keyed by them. */
  static final int MAX_NAME = 1 << 13;

  /** Axes of one value or tensor: work on arrays grows with the square of them. */
  static final int MAX_AXES = 32;

  private double elements;
  private double channels;
  private long nodes;
  private long ends;
  private long names;
  private long extents;

  /** Counts nodes. */
  void nodes(long count) {
    nodes += count;
    check(nodes, MAX_NODES, "nodes, those of its functions counted where they are called");
  }

  /** Checks how many inputs or outputs a model has. */
  static void given(long count) {
    check(count, MAX_GIVEN, "inputs or outputs");
  }

  /** Counts what nodes read and give. */
  void ends(long count) {
    ends += count;
    check(ends, MAX_ENDS, "values that its nodes read and give");
  }

  /** Counts characters of names. */
  void names(long characters) {
    names += characters;
    check(names, MAX_NAMES, "characters in names of nodes of its functions");
  }

  /** Checks the names of a model. */
  void each(Collection<String> given) {
    for (String name : given) {
      check(name.length(), MAX_NAME, "characters in the name '%s'".formatted(name));
      if (name.indexOf(0) >= 0) {
        throw new InvalidInputException(
            "the name '%s' has a character 0, at which others end it".formatted(name));
      }
    }
  }

  /** Counts elements of lists, before they are made. */
  void extents(long count) {
    extents += count;
    check(extents, MAX_EXTENTS, "elements in lists of extents");
  }

  /** Checks how many axes something has. */
  static void axes(long count) {
    check(count, MAX_AXES, "axes in one value");
  }

  /** Counts a value's elements, those of one image where it has a batch, and its channels. */
  void value(Shape shape) {
    List<Dim> dims = shape.dims();
    axes(dims.size());
    double size = 1;
    for (Dim dim : dims.subList(Math.min(1, dims.size()), dims.size())) {
      size *= Math.max(1, dim.size());
    }
    check(size, MAX_VALUE, "elements in one value of one image");
    elements += size;
    check(elements, MAX_ELEMENTS, "elements in the values of one image");
    channels += dims.size() < 2 ? 0 : Math.max(0, dims.get(1).size());
    check(channels, MAX_CHANNELS, "channels in all its values");
  }

  private static void check(double count, long limit, String what) {
    if (count > limit) {
      throw new InvalidInputException(
          "the model has over %d %s: no network does, so it was damaged or made to take all memory"
              .formatted(limit, what));
    }
  }
}
