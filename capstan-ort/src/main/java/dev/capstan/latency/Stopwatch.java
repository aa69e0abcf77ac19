package dev.capstan.latency;

import dev.capstan.graph.Graph;

/** Measures how long networks run. All their extents are known, the batch included. */
public interface Stopwatch {
  /** Median time of one run of a whole network, in milliseconds. */
  double network(Graph graph);

  /**
   * Median time spent in the operators of a small network, in milliseconds: without what one run
   * costs beside them, and without the changes of memory layout at its ends, which a whole network
   * makes but once.
   */
  double operators(Graph graph);
}
