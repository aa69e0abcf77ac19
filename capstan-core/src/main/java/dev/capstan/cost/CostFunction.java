package dev.capstan.cost;

import dev.capstan.space.Space;
import java.util.function.ToIntFunction;

/**
 * What a budget is on: multiply-accumulates ({@link CostModel#macs}), parameters ({@link
 * CostModel#parameters}) or a measured latency. More channels never cost less.
 */
@FunctionalInterface
public interface CostFunction {
  /**
   * The cost of the compressed network for one input, in the unit of the budget.
   *
   * @param ranks how many channels a space has; its width where it is left alone
   */
  double of(ToIntFunction<Space> ranks);
}
