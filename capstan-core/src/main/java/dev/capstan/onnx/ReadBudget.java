package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;

/**
 * What reading one model may take, counted, not timed: a small file can ask for any amount of work,
 * by functions that call functions and by lists of extents that are made of each other. The largest
 * networks in use take a tenth at most.
 */
final class ReadBudget {
  /** Nodes, those counted that stand in place of calls of functions, and the calls. */
  static final int MAX_NODES = 100_000;

  /** Characters in names that are made for nodes of functions. */
  static final int MAX_NAMES = 1 << 24;

  /** Elements of lists of extents, each time one is made or read. */
  static final int MAX_EXTENTS = 1 << 22;

  private long nodes;
  private long names;
  private long extents;

  /** Counts nodes. */
  void nodes(long count) {
    nodes += count;
    check(nodes, MAX_NODES, "nodes, those of its functions counted where they are called");
  }

  /** Counts characters of names. */
  void names(long characters) {
    names += characters;
    check(names, MAX_NAMES, "characters in names of nodes of its functions");
  }

  /** Counts elements of lists, before they are made. */
  void extents(long count) {
    extents += count;
    check(extents, MAX_EXTENTS, "elements in lists of extents");
  }

  private static void check(long count, int limit, String what) {
    if (count > limit) {
      throw new InvalidInputException(
          "the model has over %d %s: no network does, so it was damaged or made to take all memory"
              .formatted(limit, what));
    }
  }
}
