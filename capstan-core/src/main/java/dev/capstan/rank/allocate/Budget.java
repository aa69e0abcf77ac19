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
 * @param carried what of the cost lies in a tail, which no rank changes
 */
public record Budget(Goal goal, String unit, CostFunction cost, double whole, double carried) {
  /** A share that no one would compress a network for. */
  private static final double WORTH_WHILE = 0.99;

  /** A budget for a network without a tail. */
  public Budget(Goal goal, String unit, CostFunction cost, double whole) {
    this(goal, unit, cost, whole, 0);
  }

  /** A share, in (0, 1], of the multiply-accumulates. */
  public static Budget macs(CostModel costs, double share) {
    return new Budget(
        Goal.keepMacs(share),
        "MACs",
        costs::macs,
        costs.macs(Space::width),
        costs.carried().macs());
  }

  /** A share, in (0, 1], of the parameters. */
  public static Budget parameters(CostModel costs, double share) {
    return new Budget(
        Goal.keepParameters(share),
        "parameters",
        costs::parameters,
        costs.parameters(Space::width),
        costs.carried().parameters());
  }

  /** The same share of another whole. */
  public Budget of(double other) {
    return new Budget(goal, unit, cost, other, carried);
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
    String tail =
        carried > 0 ? " (%s of them in what is carried over)".formatted(amount(carried)) : "";
    return new InvalidInputException(
        "the budget of %s %s cannot be met: with every compressible space at its smallest rank %s%s are left; %s"
            .formatted(amount(limit()), unit, amount(left), tail, advice(left)));
  }

  /** The smallest amount of four digits that can be met, if anyone would want that. */
  private String advice(double left) {
    double amount = Math.ceil(left / whole * 1e4) / 1e4;
    while (amount * whole < left) {
      amount = Math.rint(amount * 1e4 + 1) / 1e4;
    }
    return amount < WORTH_WHILE || whole == 1
        ? String.format(
            Locale.ROOT, "ask for setting '%s' %.4f or more", goal.kind().setting(), amount)
        : "that saves %s: allow smaller ranks (setting 'min-rank', setting 'multiple') or more spaces (setting 'include', setting 'exclude', setting 'residual'); capstan inspect says what holds each"
            .formatted(amount < 1 ? "hardly anything" : "nothing");
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
