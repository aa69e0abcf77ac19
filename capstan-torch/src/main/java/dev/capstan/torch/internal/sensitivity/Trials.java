package dev.capstan.torch.internal.sensitivity;

import dev.capstan.rank.RankGrid;
import dev.capstan.rank.allocate.Sensitivities;
import dev.capstan.space.Basis;
import dev.capstan.space.Space;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;

/** The ranks that one space is tried at, and the outputs' error there, summed over images. */
final class Trials {
  /** Of the channels; the smallest rank of the grid comes first. The error is steepest there. */
  private static final double[] MANY = {0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875};

  /** The curve between them is within some 10 % of what is measured there. */
  private static final double[] SOME = {0, 0.25, 0.5, 0.875};

  /** The same; what is foretold of smaller ranks than these is a guess. */
  private static final double[] FEW = {0.25, 0.5, 0.875};

  private final Space space;
  private final NavigableMap<Integer, Basis> bases = new TreeMap<>();
  private final NavigableMap<Integer, Double> errors = new TreeMap<>();
  private long images;

  /**
   * Trials of a space.
   *
   * @param most of the ranks
   * @param nested the bases by rank, asked for in ascending order
   */
  Trials(Space space, RankGrid grid, int most, IntFunction<Basis> nested) {
    this.space = space;
    DoubleStream.of(most < SOME.length ? FEW : most < MANY.length ? SOME : MANY)
        .mapToInt(ratio -> grid.nearest(space, ratio))
        .filter(rank -> rank < space.width())
        .sorted()
        .distinct()
        .forEach(rank -> bases.put(rank, nested.apply(rank)));
  }

  /** The same where bases were chosen before. */
  Trials(Space space, Map<Integer, Basis> bases) {
    this.space = space;
    this.bases.putAll(bases);
  }

  Space space() {
    return space;
  }

  /** The ranks that are tried. */
  Set<Integer> ranks() {
    return bases.keySet();
  }

  /** The bases, in the order of their ranks. */
  List<Basis> bases() {
    return List.copyOf(bases.values());
  }

  /** Errors by rank, summed over images. */
  NavigableMap<Integer, Double> errors() {
    return errors;
  }

  /** Goes on from such sums. */
  void set(NavigableMap<Integer, Double> sums, long overImages) {
    errors.putAll(sums);
    images = overImages;
  }

  /**
   * Adds what came of some images.
   *
   * @param sums of their errors, in the order of the ranks
   */
  void add(double[] sums, long overImages) {
    images += overImages;
    int next = 0;
    for (int rank : bases.keySet()) {
      errors.merge(rank, sums[next++], Double::sum);
    }
  }

  Sensitivities.Curve curve() {
    NavigableMap<Integer, Double> means = new TreeMap<>();
    errors.forEach((rank, sum) -> means.put(rank, sum / images));
    return Sensitivities.Curve.of(space.width(), means);
  }
}
