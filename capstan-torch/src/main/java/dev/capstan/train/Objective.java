package dev.capstan.train;

import dev.capstan.engine.Precision;
import dev.capstan.engine.Program;
import dev.capstan.graph.Graph;
import dev.capstan.loss.TaskLoss;
import dev.capstan.recipe.TrainRecipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * What training lowers: {@code (1 - a) cross-entropy + a divergence from the teacher}, a = 1 where
 * there are no labels. Owns the teacher's memory until closed.
 */
final class Objective implements AutoCloseable {
  private final TaskLoss loss;
  private final @Nullable Program teacher;
  private final TrainRecipe.Loss weights;
  private final ScalarType type;
  private final double distillation;

  /**
   * The objective of a recipe.
   *
   * @param teacher the original network, null to learn from labels alone
   * @param labelled whether images have labels
   * @param precision the student's
   */
  Objective(
      Graph student,
      @Nullable Teacher teacher,
      boolean labelled,
      TrainRecipe.Loss weights,
      Precision precision) {
    this.loss = new TaskLoss(student);
    this.weights = weights;
    this.type = precision.storage();
    double weight = teacher == null ? 0 : weights.distillation();
    this.distillation = labelled ? weight : 1;
    this.teacher =
        teacher != null && distillation > 0
            ? new Program(teacher.graph(), teacher.execution())
            : null;
    if (!labelled && this.teacher == null) {
      throw new IllegalArgumentException("neither labels nor a network to learn from");
    }
  }

  /** The loss of a batch, a scalar that autograd follows to the outputs. */
  Tensor of(Tensor images, int[] labels, List<Tensor> outputs) {
    List<Tensor> wide = wide(outputs);
    List<Tensor> parts = new ArrayList<>();
    if (distillation < 1) {
      Tensor entropy = loss.crossEntropy(wide.get(0), labels, weights.labelSmoothing());
      parts.add(entropy.mul(new Scalar(1 - distillation)));
    }
    if (teacher != null) {
      parts.add(divergence(teacher, images, wide).mul(new Scalar(distillation)));
    }
    return parts.size() == 1 ? parts.get(0) : parts.get(0).add(parts.get(1));
  }

  private Tensor divergence(Program original, Tensor images, List<Tensor> outputs) {
    Tensor[] targets = original.run(images);
    try {
      return loss.divergence(wide(Arrays.asList(targets)), outputs, weights.temperature());
    } finally {
      Arrays.stream(targets).forEach(Tensor::close);
    }
  }

  /** Sums over classes and images need more digits than bfloat16 has. */
  private List<Tensor> wide(List<Tensor> outputs) {
    return outputs.stream().map(output -> output.to(type)).toList();
  }

  @Override
  public void close() {
    if (teacher != null) {
      teacher.close();
    }
  }
}
