package dev.capstan.pipeline.preprocess;

import dev.capstan.data.Batch;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import java.util.Map;
import java.util.function.Function;

/** What tells conventions apart. Images come in groups, each of which can be left out again. */
interface Criterion {
  /** Leaves no group out. */
  int NONE = -1;

  /** What it is called. */
  String name();

  /** The network with the outputs that it looks at. */
  Graph graph();

  /**
   * Looks at what the network makes of a batch.
   *
   * @param place of the convention and the group
   * @param run the network on what a view of the images becomes
   */
  void see(
      Place place, Batch batch, UnitImages images, Function<UnitImages, Map<String, Constant>> run);

  /**
   * How well a convention does, the higher the better.
   *
   * @param without a group that is left out, or {@link #NONE}
   */
  double score(int convention, int without);

  /** By less than this two conventions are not told apart, however sure the figures are. */
  double leastDifference();

  /** Whether a score means anything at all. */
  boolean isMeaningful(double score);

  /** Which convention, on which group of images. */
  record Place(int convention, int group) {}
}
