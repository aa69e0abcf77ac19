package dev.capstan.rank.allocate;

import dev.capstan.cost.CostFunction;
import dev.capstan.cost.CostModel;
import dev.capstan.error.InvalidInputException;
import dev.capstan.rank.Goal;
import dev.capstan.rank.Ranks;
import dev.capstan.space.Space;
import java.util.Locale;

/**
 * What a network may cost.
 *
 * @param goal what was asked
 * @param unit what the cost is counted in, {@code MACs}
 * @param cost of a network, by its ranks
 * @param whole what the goal's amount is a share of, in that unit; 1 where it is an amount itself
 */
public record Budget(Goal goal, String unit, CostFunction cost, double whole) {
  /** A share, in (0, 1], of the multiply-accumulates. */
  public static Budget macs(CostModel costs, double share) {
    return new Budget(Goal.keepMacs(share), "MACs", costs::macs, costs.macs(Space::width));
  }

  /** A share, in (0, 1], of the parameters. */
  public static Budget parameters(CostModel costs, double share) {
    double whole = costs.parameters(Space::width);
    return new Budget(Goal.keepParameters(share), "parameters", costs::parameters, whole);
  }

  /** The same share of another whole. */
  public Budget of(double other) {
    return new Budget(goal, unit, cost, other);
  }

  /** The largest cost it allows. */
  public double limit() {
    return goal.amount() * whole;
  }

  /** Whether a network of these ranks keeps it. */
  public boolean holds(Ranks ranks) {
    return cost.of(ranks::of) <= limit();
  }

  /** What is said when even the smallest ranks exceed it. */
  InvalidInputException unreachable(Ranks smallest) {
    double left = cost.of(smallest::of);
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "the budget of %s %s cannot be met: with every compressible space at its smallest rank"
                + " %s are left; ask for setting '%s' %.4f or more",
            amount(limit()),
            unit,
            amount(left),
            goal.kind().setting(),
            Math.ceil(left / whole * 1e4) / 1e4));
  }

  private static String amount(double cost) {
    return String.format(Locale.ROOT, cost < 1000 ? "%.3f" : "%.0f", cost);
  }

  /** As files and messages name it: {@code keep-macs 0.5}. */
  @Override
  public String toString() {
    return goal.toString();
  }
}
