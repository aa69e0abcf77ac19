package dev.capstan.pipeline.evidence;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.latency.FixedBatch;
import dev.capstan.ort.Latency;
import dev.capstan.ort.OrtStopwatch;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.Trials;
import dev.capstan.pipeline.result.LatencyTiming;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.rank.Goal;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.rank.allocate.Sensitivities;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tells what other shares of the multiply-accumulates are foretold, and times networks of these
 * ranks: which channels are kept, and their weights, make no difference to the time.
 */
final class Forecaster {
  private static final List<Double> SHARES = List.of(0.9, 0.75, 0.6, 0.5, 0.35, 0.25);
  private static final Duration TIMED = Duration.ofMillis(250);
  private static final int MULTIPLE = 16;

  private final Session session;
  private final RankStage ranks;
  private final @Nullable NoisyOutputs noisy;

  Forecaster(Session session, RankStage ranks) {
    this.session = session;
    this.ranks = ranks;
    this.noisy = session.input().classifies() ? NoisyOutputs.of(session) : null;
  }

  /**
   * The forecast.
   *
   * @param chosen the ranks of the result
   * @param timed whether networks are timed too
   * @return null where no sensitivities were measured
   */
  @Nullable Forecast of(RankAllocation chosen, boolean timed) {
    Sensitivities measured = ranks.measured();
    if (measured.bySpace().isEmpty()) {
      return null;
    }
    List<RankAllocation> others =
        SHARES.stream()
            .filter(share -> share >= ranks.smallestShare())
            .map(share -> ranks.within(Goal.keepMacs(share)))
            .toList();
    return timed && mayBeTimed(chosen)
        ? timed(chosen, others, measured)
        : new Forecast(points(others, measured, List.of()), null);
  }

  /** What may end this process is not run in it. */
  private static boolean mayBeTimed(RankAllocation chosen) {
    return !Trials.isRisky(chosen.graph());
  }

  /** A tail takes as long behind any ranks: how long is measured once. */
  private Forecast timed(
      RankAllocation chosen, List<RankAllocation> others, Sensitivities measured) {
    double tail = LatencyTiming.tailShare(session.input());
    Graph graph = fixed(chosen);
    Latency latency = new Latency(1, TIMED, session.input().runInputs(), file -> {});
    try (OrtStopwatch stopwatch = OrtStopwatch.start(graph, 1, latency, UnaryOperator.identity())) {
      List<Double> shares = new ArrayList<>();
      for (RankAllocation other : others) {
        double millis = millis(stopwatch, other, other.ranks());
        shares.add(tail + (1 - tail) * millis / stopwatch.originalMillis());
      }
      return new Forecast(points(others, measured, shares), block(stopwatch, chosen, tail));
    }
  }

  private static double millis(OrtStopwatch stopwatch, RankAllocation of, Ranks ranks) {
    ChannelSpaces spaces = ChannelSpaces.of(fixed(of), of.network().residual());
    return stopwatch.network(
        Compression.apply(spaces, Bases.first(spaces.compressible(), ranks::of)));
  }

  /** The part that is compressed, one image a run. */
  private static Graph fixed(RankAllocation of) {
    return FixedBatch.of(of.graph().edit().tail(null).build(), 1);
  }

  private Forecast.@Nullable Block block(
      OrtStopwatch stopwatch, RankAllocation chosen, double tail) {
    Ranks rounded = chosen.ranks();
    for (Space space : chosen.ranks().compressed(chosen.spaces())) {
      rounded = rounded.with(space, rounded(space, chosen.ranks().of(space)));
    }
    if (rounded.equals(chosen.ranks())) {
      return null;
    }
    Ranks others = rounded;
    double macs =
        (double) chosen.network().costs().macs(others::of)
            / chosen.network().costs().macs(chosen.ranks()::of);
    double own = millis(stopwatch, chosen, chosen.ranks());
    double behind = stopwatch.originalMillis() * tail / (1 - tail);
    double latency = (millis(stopwatch, chosen, others) + behind) / (own + behind);
    return new Forecast.Block(MULTIPLE, Evidence.rounded(macs), Evidence.rounded(latency));
  }

  private static int rounded(Space space, int rank) {
    int nearest = Math.max(1, Math.round((float) rank / MULTIPLE)) * MULTIPLE;
    boolean fits = nearest < space.width() && nearest % space.groups().count() == 0;
    return fits ? nearest : rank;
  }

  private List<Forecast.Point> points(
      List<RankAllocation> others, Sensitivities measured, List<Double> latencies) {
    double whole = Math.max(1, Cost.of(session.source().open()).macs());
    List<Forecast.Point> points = new ArrayList<>();
    points.add(new Forecast.Point(1, 0, lost(0), latencies.isEmpty() ? null : 1.0));
    for (int i = 0; i < others.size(); i++) {
      RankAllocation other = others.get(i);
      double error = Math.sqrt(rise(other, measured));
      points.add(
          new Forecast.Point(
              Evidence.rounded(other.network().costs().macs(other.ranks()::of) / whole),
              Evidence.rounded(error),
              lost(error),
              latencies.isEmpty() ? null : Evidence.rounded(latencies.get(i))));
    }
    return points;
  }

  private @Nullable Double lost(double error) {
    return noisy == null ? null : Evidence.rounded(noisy.lost(error));
  }

  private static double rise(RankAllocation of, Sensitivities measured) {
    return of.ranks().compressed(of.spaces()).stream()
        .mapToDouble(space -> measured.rise(space, of.ranks().of(space)))
        .sum();
  }
}
