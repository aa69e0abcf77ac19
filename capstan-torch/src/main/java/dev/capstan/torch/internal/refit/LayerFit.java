package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Constant;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.regression.HeldOutRidge;
import dev.capstan.torch.internal.regression.OutputMoments;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** The equations of one layer, and what solving them gives. */
final class LayerFit {
  /** Elements of the rows made at a time: 64 MB in float32. */
  private static final long TILE = 1 << 24;

  private final Networks networks;
  private final Layer layer;
  private final List<Target> targets;
  private final long seed;
  private final ProcessGroup group;

  /**
   * The fit of a layer.
   *
   * @param targets one for each use of the layer
   * @param group of which each process has some of the images, and one solves
   */
  LayerFit(Networks networks, Layer layer, List<Target> targets, long seed, ProcessGroup group) {
    this.group = group;
    this.networks = networks;
    this.layer = layer;
    this.targets = List.copyOf(targets);
    this.seed = seed;
  }

  /**
   * What came of it.
   *
   * @param before squared error of the weights the layer had, relative to the target's energy
   * @param after squared error of those found, before their outputs are stretched where there are
   *     equations; both on images whose equations were left out
   * @param solved the new weights, null where they are no better
   */
  record Result(double before, double after, Layer.@Nullable Solved solved) {
    /** As numbers: both errors, then weights and bias, if any. */
    private double[] numbers() {
      DoubleStream.Builder all = DoubleStream.builder().add(before).add(after);
      if (solved != null) {
        for (Constant part : List.of(solved.weights(), solved.bias())) {
          for (float number : part.floats()) {
            all.add(number);
          }
        }
      }
      return all.build().toArray();
    }

    private static Result of(double[] numbers, Layer layer) {
      float[] rest = new float[numbers.length - 2];
      for (int i = 0; i < rest.length; i++) {
        rest[i] = (float) numbers[2 + i];
      }
      Constant weights = layer.weights();
      int count = weights.elements();
      Layer.Solved solved =
          rest.length == 0
              ? null
              : new Layer.Solved(
                  layer,
                  weights.withFloats(Arrays.copyOf(rest, count), weights.sizes()),
                  weights.withFloats(
                      Arrays.copyOfRange(rest, count, rest.length), rest.length - count));
      return new Result(numbers[0], numbers[1], solved);
    }
  }

  /** One process solves, all go on with what it found. */
  private Result decided(Supplier<Result> solving) {
    return group.isAlone()
        ? solving.get()
        : Result.of(group.decide(() -> solving.get().numbers()), layer);
  }

  /** Solves the equations that all batches give, or stretches outputs where there are none. */
  Result solve(List<BatchActivations> batches, double ridge) {
    try (PointerScope scope = new PointerScope()) {
      return layer.isSolvable() ? solved(batches, ridge) : stretched(batches);
    }
  }

  private Result solved(List<BatchActivations> batches, double ridge) {
    Tensor start = layer.start();
    try (HeldOutRidge equations = new HeldOutRidge(start.size(0) - 1, start.size(1))) {
      gather(batches, equations::add);
      equations.total(group);
      return decided(
          () -> {
            HeldOutRidge.Solution found = equations.solve(start, ridge, layer.activated());
            return result(found.theta(), found.before(), found.after());
          });
    }
  }

  private Result result(@Nullable Tensor theta, double before, double after) {
    return new Result(before, after, theta == null ? null : layer.solved(theta));
  }

  private Result stretched(List<BatchActivations> batches) {
    Tensor start = layer.start();
    try (OutputMoments moments = new OutputMoments(start.size(1))) {
      gather(batches, (outputs, goals, first, count) -> moments.add(outputs, goals));
      moments.total(group);
      return decided(
          () -> {
            OutputMoments.Matched matched = moments.matched(start);
            return result(matched.theta(), matched.before(), matched.after());
          });
    }
  }

  /** Takes rows of a layer: X, or what it gives without its bias where there is no X of all. */
  private interface Rows {
    void add(Tensor rows, Tensor goals, long first, long count);
  }

  private void gather(List<BatchActivations> batches, Rows rows) {
    SplittableRandom random = new SplittableRandom(seed + layer.position());
    long drawn = 0;
    for (BatchActivations batch : batches) {
      // Positions are those that a process would draw that has all batches.
      for (; drawn < batch.number() * targets.size(); drawn++) {
        random.nextLong();
      }
      drawn += targets.size();
      Part part = new Part(rows, batch);
      for (int i = 0; i < targets.size(); i++) {
        try (PointerScope scope = new PointerScope()) {
          add(part, layer.uses().get(i), targets.get(i), random.nextLong());
        }
      }
    }
  }

  /** The rows of a batch. */
  private record Part(Rows rows, BatchActivations batch) {}

  private void add(Part part, Layer.Use use, Target target, long offset) {
    BatchActivations batch = part.batch();
    Values right = batch.compressed();
    PositionSampler grid =
        PositionSampler.over(batch.original().get(networks.original.slot(target.value())), offset);
    Tensor all = target.rows(networks.original, batch.original(), networks.compressed, right, grid);
    Tensor input = right.get(networks.compressed.slot(use.node().inputs().get(0)));
    long images = input.size(0);
    long positions = all.size(0) / images;
    long tile = Math.max(1, TILE / (positions * layer.inputs()));
    for (long from = 0; from < images; from += tile) {
      try (PointerScope scope = new PointerScope()) {
        long count = Math.min(tile, images - from);
        Tensor rows = rows(use, input.narrow(0, from, count), grid);
        Tensor goals = all.narrow(0, from * positions, count * positions);
        part.rows().add(wide(rows), wide(goals), batch.first() + from, count);
      }
    }
  }

  private Tensor rows(Layer.Use use, Tensor input, PositionSampler grid) {
    return use.form() instanceof LinearForm.Solvable form
        ? form.rows(input, grid)
        : grid.rows(networks.withoutBias(use, layer, input));
  }

  /** Half precision would lose what the sums are about. */
  private static Tensor wide(Tensor tensor) {
    boolean isDouble = tensor.scalar_type().intern() == ScalarType.Double;
    return isDouble ? tensor : tensor.to(ScalarType.Float);
  }
}
