package dev.capstan.latency;

import dev.capstan.cost.Cost;
import dev.capstan.cost.CostFunction;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Predicts the time of a compressed network, in milliseconds a run, from its ranks.
 *
 * <pre>
 *   T(r) = rest + share * sum over operators j of t_j(channels in, channels out)
 * </pre>
 *
 * {@code t_j} is measured at a coarse grid of ranks and bilinear between them. {@code rest} is what
 * the whole network took beyond the sum at full width, a constant; where it took less, {@code
 * share} scales the sum down to it. So the prediction is exact at full width.
 */
public final class LatencyModel implements CostFunction {
  private static final Logger LOG = LoggerFactory.getLogger(LatencyModel.class);

  /** Grid points an axis, the finest first. */
  private static final List<Integer> POINTS = List.of(9, 5, 4, 3, 2);

  /** A measurement warms up and takes the median of three runs at least. */
  private static final int RUNS = 4;

  /** What it takes to write a model and open it. */
  private static final double SETUP_MILLIS = 50;

  /** A part and how long it takes. */
  private record Timed(Part part, Table millis) {}

  private final List<Timed> parts;
  private final double share;
  private final double rest;

  private LatencyModel(List<Timed> parts, double whole) {
    double sum = parts.stream().mapToDouble(timed -> timed.millis().top()).sum();
    this.parts = parts;
    this.share = sum == 0 ? 1 : Math.min(1, whole / sum);
    this.rest = Math.max(0, whole - sum);
  }

  /**
   * Measures a network's operators.
   *
   * @param spaces of the network, every extent known; BatchNorm folded, as it will be run
   * @param grid ranks to measure at; on this machine's block of channels, if that is known
   * @param wholeMillis the network's own time, as the stopwatch gave it
   */
  public static LatencyModel measure(
      ChannelSpaces spaces, RankGrid grid, Stopwatch stopwatch, double wholeMillis, Effort effort) {
    Graph graph = spaces.graph();
    List<Part> parts = Part.of(spaces);
    double millisPerMac = wholeMillis / Math.max(1, Cost.of(graph).macs());
    List<ToIntFunction<Space>> candidates = candidates(parts, grid, effort, millisPerMac);
    Map<Workload, Double> known = new HashMap<>();
    ToDoubleFunction<Workload> millis =
        work -> known.computeIfAbsent(work, w -> stopwatch.operators(w.graph()));
    List<Timed> timed =
        parts.stream().map(part -> new Timed(part, table(part, candidates, millis))).toList();
    LatencyModel model = new LatencyModel(timed, wholeMillis);
    LOG.debug("{} operators measured, {} ms beside them", known.size(), model.rest);
    return model;
  }

  /** As many ranks a space as the effort allows, and two at least. */
  private static List<ToIntFunction<Space>> candidates(
      List<Part> parts, RankGrid grid, Effort effort, double millisPerMac) {
    for (int points : POINTS) {
      List<ToIntFunction<Space>> candidates = candidates(points, grid);
      Map<Workload, Long> macs = macs(parts, candidates);
      double millis =
          macs.values().stream().mapToDouble(m -> RUNS * millisPerMac * m + SETUP_MILLIS).sum();
      if (macs.size() <= effort.measurements() && millis <= effort.time().toMillis()) {
        return candidates;
      }
    }
    return candidates(2, grid);
  }

  private static List<ToIntFunction<Space>> candidates(int points, RankGrid grid) {
    return IntStream.range(0, points)
        .mapToObj(point -> ranks(grid, (double) point / (points - 1)))
        .toList();
  }

  private static ToIntFunction<Space> ranks(RankGrid grid, double ratio) {
    return space -> space.isCompressible() ? grid.nearest(space, ratio) : space.width();
  }

  /** What there is to measure, and the MACs of each. */
  private static Map<Workload, Long> macs(List<Part> parts, List<ToIntFunction<Space>> candidates) {
    Map<Workload, Long> macs = new HashMap<>();
    for (Part part : parts) {
      for (var in : axis(part::inChannels, candidates).values()) {
        for (var out : axis(part::outChannels, candidates).values()) {
          macs.put(part.at(in, out), part.macs(in, out));
        }
      }
    }
    return macs;
  }

  /** The candidates that differ for one side of a part, by its number of channels. */
  private static NavigableMap<Integer, ToIntFunction<Space>> axis(
      ToIntFunction<ToIntFunction<Space>> channels, List<ToIntFunction<Space>> candidates) {
    NavigableMap<Integer, ToIntFunction<Space>> axis = new TreeMap<>();
    candidates.forEach(ranks -> axis.putIfAbsent(channels.applyAsInt(ranks), ranks));
    return axis;
  }

  private static Table table(
      Part part, List<ToIntFunction<Space>> candidates, ToDoubleFunction<Workload> millis) {
    var in = axis(part::inChannels, candidates);
    var out = axis(part::outChannels, candidates);
    double[][] values =
        in.values().stream()
            .map(i -> out.values().stream().map(o -> part.at(i, o)).mapToDouble(millis).toArray())
            .toArray(double[][]::new);
    return new Table(ints(in.keySet()), ints(out.keySet()), values).rising();
  }

  private static int[] ints(Set<Integer> keys) {
    return keys.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public double of(ToIntFunction<Space> ranks) {
    double sum = 0;
    for (Timed timed : parts) {
      Part part = timed.part();
      sum += timed.millis().at(part.inChannels(ranks), part.outChannels(ranks));
    }
    return rest + share * sum;
  }
}
