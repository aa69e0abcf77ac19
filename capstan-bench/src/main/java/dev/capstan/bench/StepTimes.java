package dev.capstan.bench;

import dev.capstan.compress.Compression;
import dev.capstan.graph.Graph;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.OriginalRun;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.learn.Learner;
import dev.capstan.torch.internal.learn.Lockstep;
import dev.capstan.torch.internal.tensor.Tensors;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * What a learning step consists of, made to be timed: the forward pass of the original, the forward
 * and backward pass of the compressed network as ordinary training has them, and the step itself.
 */
final class StepTimes implements AutoCloseable {
  private final Program original;
  private final Program compressed;
  private final Learner learner;
  private final Tensor[] images;

  /**
   * Makes all three ready on one batch.
   *
   * @param pixels the batch, row-major
   * @param shape its extents
   */
  StepTimes(ChannelSpaces spaces, Ranks ranks, Execution execution, float[] pixels, long[] shape) {
    Graph graph = spaces.graph();
    images = new Tensor[] {Tensors.of(pixels, shape)};
    original = new Program(graph, execution);
    Calibration calibration = new Calibration(spaces, ranks.compressed(spaces));
    try (OriginalRun run = new OriginalRun(graph, execution);
        PointerScope scope = new PointerScope()) {
      run.observe(images, calibration.batch(shape[0]));
    }
    LearnRecipe recipe = LearnRecipe.standard(1, 1).withBatch((int) shape[0]);
    Bases start = calibration.start(ranks, recipe.form());
    compressed = new Program(Compression.apply(spaces, start), execution);
    learner = new Learner(spaces, start, calibration.scales(), recipe, execution);
  }

  /** The forward pass of the original, without gradients. */
  void originalForward() {
    try (PointerScope scope = new PointerScope()) {
      for (Tensor output : original.run(images)) {
        output.close();
      }
    }
  }

  /** Forward and backward of the compressed network, with gradients of all its weights. */
  void compressedForwardBackward() {
    try (PointerScope scope = new PointerScope();
        Values values = compressed.begin(images)) {
      compressed
          .graph()
          .constants()
          .forEach(
              (name, constant) -> {
                if (constant.type().isFloating()) {
                  Tensor leaf = compressed.constants().get(name).detach().set_requires_grad(true);
                  values.put(compressed.slot(name), leaf);
                }
              });
      for (Step step : compressed.steps()) {
        compressed.execute(step, values);
        values.drop(step.lastUses());
      }
      String output = compressed.graph().outputs().get(0).name();
      values.get(compressed.slot(output)).square().mean().backward();
    }
  }

  /** A learning step without task loss. */
  double learningStep() {
    return learner.step(images, Lockstep.Result::rho, 0, 1e-3).total();
  }

  /** Memory that the process holds, in bytes. */
  static long residentBytes() {
    return Pointer.physicalBytes();
  }

  @Override
  public void close() {
    original.close();
    compressed.close();
    learner.close();
    images[0].close();
  }
}
