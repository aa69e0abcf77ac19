package dev.capstan.latency;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import java.util.function.DoubleUnaryOperator;

/** Says that a network takes as long as it multiplies, or what a function makes of that. */
final class MacStopwatch implements Stopwatch {
  private final DoubleUnaryOperator whole;
  int measured;

  MacStopwatch(DoubleUnaryOperator whole) {
    this.whole = whole;
  }

  @Override
  public double network(Graph graph) {
    return whole.applyAsDouble(Cost.of(graph).macs());
  }

  @Override
  public double operators(Graph graph) {
    measured++;
    return Cost.of(graph).macs();
  }
}
