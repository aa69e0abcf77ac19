package dev.capstan.latency;

import dev.capstan.compress.Compression;
import dev.capstan.cost.CostFunction;
import dev.capstan.error.InvalidInputException;
import dev.capstan.rank.Ranks;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ranks whose measured latency holds a budget (docs/method.md, section 5.5). Ranks are allocated by
 * a model's prediction; the network is measured whole at these ranks; and the limit of the
 * prediction is corrected until the measurement, not the prediction, holds the budget.
 *
 * @param spaces of the network, every extent known; BatchNorm folded, as it will be run
 * @param model predicts its latency
 * @param originalMillis the network's own latency, as the stopwatch gave it
 * @param stopwatch measures it compressed
 */
public record LatencyBudget(
    ChannelSpaces spaces, CostFunction model, double originalMillis, Stopwatch stopwatch) {
  private static final Logger LOG = LoggerFactory.getLogger(LatencyBudget.class);

  /** Two are enough as a rule. */
  private static final int MAX_ROUNDS = 8;

  /** Measurements scatter by about as much: aim so far below the limit, and be content near it. */
  private static final double MARGIN = 0.01;

  /** Chooses ranks under a budget. */
  public interface Allocator {
    /** The ranks that cost least. */
    Ranks smallest();

    /** The best ranks that cost no more than {@code limit}, which the smallest ones do not pass. */
    Ranks allocate(CostFunction cost, double limit);
  }

  /**
   * Ranks and their latency, in milliseconds a run.
   *
   * @param ranks the ranks
   * @param predictedMillis what the model says of them
   * @param measuredMillis what the whole network took
   */
  public record Confirmed(Ranks ranks, double predictedMillis, double measuredMillis) {}

  /**
   * Ranks at which a run is {@code factor} times as fast as the original's.
   *
   * @throws InvalidInputException if no ranks reach it
   */
  public Confirmed speedup(double factor, Allocator allocator) {
    return atMost(originalMillis / factor, allocator);
  }

  /**
   * Ranks at which a run takes no longer than this.
   *
   * @param limitMillis the budget
   * @throws InvalidInputException if even the smallest ranks take longer
   */
  public Confirmed atMost(double limitMillis, Allocator allocator) {
    Ranks full = new Ranks(Map.of());
    Confirmed above = new Confirmed(full, model.of(full::of), originalMillis);
    if (originalMillis <= limitMillis) {
      return above;
    }
    Confirmed below = confirm(allocator.smallest());
    if (below.measuredMillis() > limitMillis) {
      throw unreachable(limitMillis, below.measuredMillis());
    }
    return search(limitMillis, below, above, allocator);
  }

  /**
   * Narrows down the prediction: {@code holds} keeps the limit in every round, {@code fails} in
   * none. Between them times follow a power of the prediction rather well; every other round takes
   * the middle, so that it ends well where they do not.
   */
  private Confirmed search(double limit, Confirmed below, Confirmed above, Allocator allocator) {
    Confirmed holds = below;
    Confirmed fails = above;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      double share = round % 2 == 0 ? share((1 - MARGIN) * limit, holds, fails) : 0.5;
      Ranks ranks = allocator.allocate(model, between(holds, fails, share));
      if (holds.measuredMillis() >= (1 - 2 * MARGIN) * limit || ranks.equals(holds.ranks())) {
        return holds;
      }
      Confirmed found = confirm(ranks);
      if (found.measuredMillis() <= limit) {
        holds = found;
      } else {
        fails = found;
      }
    }
    return holds;
  }

  /** How far a time lies from one measurement to the other, by their logarithms. */
  private static double share(double millis, Confirmed holds, Confirmed fails) {
    double way = Math.log(fails.measuredMillis() / holds.measuredMillis());
    return Math.max(0, Math.log(millis / holds.measuredMillis()) / way);
  }

  private static double between(Confirmed holds, Confirmed fails, double share) {
    double factor = fails.predictedMillis() / holds.predictedMillis();
    return holds.predictedMillis() * Math.pow(factor, share);
  }

  private Confirmed confirm(Ranks ranks) {
    double predicted = model.of(ranks::of);
    // Which channels are kept makes no difference to the time.
    Bases kept = Bases.first(spaces.compressible(), ranks::of);
    double measured = stopwatch.network(Compression.apply(spaces, kept));
    LOG.debug("predicted {} ms, measured {} ms", predicted, measured);
    return new Confirmed(ranks, predicted, measured);
  }

  private InvalidInputException unreachable(double limit, double best) {
    String advice =
        best < originalMillis
            ? String.format(
                Locale.ROOT,
                "ask for %.3f ms or a speed-up of %.2f at most, or compress more of the network",
                Math.ceil(best * 1e3) / 1e3,
                Math.floor(originalMillis / best * 100) / 100)
            : "compressing it saves no time here";
    return new InvalidInputException(
        String.format(
            Locale.ROOT,
            "a latency of %.3f ms cannot be reached: the original takes %.3f ms and the smallest"
                + " ranks %.3f ms; %s",
            limit,
            originalMillis,
            best,
            advice));
  }
}
