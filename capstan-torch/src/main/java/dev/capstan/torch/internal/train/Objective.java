package dev.capstan.torch.internal.train;

import dev.capstan.graph.Graph;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Precision;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * What training lowers: {@code (1 - a) cross-entropy + a divergence from the teacher + b distance
 * of features}, a = 1 where there are no labels. Owns the teacher's memory until closed.
 */
final class Objective implements AutoCloseable {
  private final TaskLoss loss;
  private final @Nullable Program teacher;
  private final @Nullable Features features;
  private final TrainRecipe.Loss weights;
  private final ScalarType type;
  private final double distillation;

  /**
   * The objective of a recipe.
   *
   * @param loss of the student's outputs
   * @param teacher the original network, null to learn from labels alone
   * @param features of both networks, null for none; stay the caller's
   * @param labelled whether images have labels
   * @param precision the student's
   */
  Objective(
      TaskLoss loss,
      @Nullable Teacher teacher,
      @Nullable Features features,
      boolean labelled,
      TrainRecipe.Loss weights,
      Precision precision) {
    this.loss = loss;
    this.weights = weights;
    this.type = precision.storage();
    double weight = teacher == null ? 0 : weights.distillation();
    this.distillation = labelled ? weight : 1;
    this.features = features;
    this.teacher =
        teacher != null && (distillation > 0 || features != null)
            ? program(teacher, features)
            : null;
    if (!labelled && this.teacher == null) {
      throw new IllegalArgumentException("neither labels nor a network to learn from");
    }
  }

  private static Program program(Teacher teacher, @Nullable Features features) {
    Graph graph = teacher.graph();
    return new Program(features == null ? graph : features.watched(graph), teacher.execution());
  }

  /**
   * The loss of a batch, a scalar that autograd follows to what a student gives for it.
   *
   * @param targets of the batch; stay the caller's
   */
  Tensor of(List<Tensor> targets, int[] labels, List<Tensor> outputs) {
    List<Tensor> wide = wide(outputs);
    List<Tensor> parts = new ArrayList<>();
    if (distillation < 1) {
      Tensor entropy = loss.crossEntropy(loss.first(wide), labels, weights.labelSmoothing());
      parts.add(entropy.mul(new Scalar(1 - distillation)));
    }
    if (!targets.isEmpty()) {
      parts.addAll(taught(wide(targets), wide));
    }
    return parts.stream().reduce(Tensor::add).orElseThrow();
  }

  /**
   * What a batch's outputs are judged by, and features if any: empty where labels alone do that.
   * The caller's.
   */
  List<Tensor> targets(Tensor[] images) {
    return teacher == null ? List.of() : List.of(teacher.run(images));
  }

  /**
   * What the result of a training is judged by: the same without what only helps learning, the
   * temperature, smoothed labels and features.
   *
   * @param targets of the batch
   * @param outputs of the network as it would be the result
   */
  double result(List<Tensor> targets, int[] labels, List<Tensor> outputs) {
    List<Tensor> wide = wide(outputs);
    double value = 0;
    if (distillation < 1) {
      value += (1 - distillation) * loss.crossEntropy(loss.first(wide), labels).item_double();
    }
    if (distillation > 0 && !targets.isEmpty()) {
      value += distillation * loss.divergence(wide(targets), wide).item_double();
    }
    return value;
  }

  private List<Tensor> taught(List<Tensor> targets, List<Tensor> outputs) {
    List<Tensor> parts = new ArrayList<>();
    if (distillation > 0) {
      Tensor divergence = loss.divergence(targets, outputs, weights.temperature());
      parts.add(divergence.mul(new Scalar(distillation)));
    }
    if (features != null) {
      int last = targets.size() - 1;
      Tensor error = features.error(outputs.get(last), targets.get(last));
      parts.add(error.mul(new Scalar(weights.features())));
    }
    return parts;
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
