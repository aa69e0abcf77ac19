package dev.capstan.torch.internal.refit;

import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.regression.NormalEquations;
import java.util.List;
import java.util.SplittableRandom;
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

  /**
   * The fit of a layer.
   *
   * @param targets one for each use of the layer
   */
  LayerFit(Networks networks, Layer layer, List<Target> targets, long seed) {
    this.networks = networks;
    this.layer = layer;
    this.targets = List.copyOf(targets);
    this.seed = seed;
  }

  /**
   * What came of it.
   *
   * @param before squared error of the weights the layer had, relative to the target's energy
   * @param after squared error now
   * @param solved the new weights, null where they are no better
   */
  record Result(double before, double after, Layer.@Nullable Solved solved) {}

  /** Solves the equations that all batches give. */
  Result solve(List<BatchActivations> batches, double ridge) {
    try (PointerScope scope = new PointerScope();
        NormalEquations equations = equations(batches)) {
      Tensor start = layer.start();
      double energy = Math.max(equations.squares(), Double.MIN_NORMAL);
      double before = equations.error(start) / energy;
      Tensor theta = equations.solve(start, ridge);
      if (theta == null) {
        return new Result(before, before, null);
      }
      Layer.Solved solved = layer.solved(theta);
      double after = equations.error(solved.layer().with(solved).start()) / energy;
      return after < before ? new Result(before, after, solved) : new Result(before, before, null);
    }
  }

  private NormalEquations equations(List<BatchActivations> batches) {
    SplittableRandom random = new SplittableRandom(seed + layer.position());
    Tensor start = layer.start();
    NormalEquations equations = new NormalEquations(start.size(0) - 1, start.size(1));
    for (BatchActivations batch : batches) {
      for (int i = 0; i < targets.size(); i++) {
        try (PointerScope scope = new PointerScope()) {
          Layer.Use use = layer.uses().get(i);
          add(equations, batch, use, targets.get(i), random.nextLong());
        }
      }
    }
    return equations;
  }

  private void add(
      NormalEquations equations,
      BatchActivations batch,
      Layer.Use use,
      Target target,
      long offset) {
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
        Tensor rows = use.form().rows(input.narrow(0, from, count), grid);
        Tensor goals = all.narrow(0, from * positions, count * positions);
        equations.add(wide(rows), wide(goals));
      }
    }
  }

  /** Half precision would lose what the sums are about. */
  private static Tensor wide(Tensor tensor) {
    boolean isDouble = tensor.scalar_type().intern() == ScalarType.Double;
    return isDouble ? tensor : tensor.to(ScalarType.Float);
  }
}
