package dev.capstan.torch.internal.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.zoo.Zoo;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of the loss against libtorch's own functions. */
class ObjectiveTest {
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);
  private static final int[] LABELS = {3, 0, 9, 3};

  private final Graph teacher = Zoo.randomCifarResNet(1, List.of(4), 10, 2);
  private final PointerScope scope = new PointerScope();
  private final Tensor[] images = {gaussian(4, 3, 32, 32)};
  private final Tensor outputs = gaussian(4, 10);

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor gaussian(long... sizes) {
    return Gaussian.drawn(new SplittableRandom(sizes.length), sizes);
  }

  private double objective(boolean labelled, double smoothing, double weight, double temperature) {
    TrainRecipe.Loss weights = new TrainRecipe.Loss(smoothing, weight, temperature, 0);
    try (Objective objective =
        new Objective(
            new TaskLoss(teacher),
            new Teacher(teacher, EXECUTION),
            null,
            labelled,
            weights,
            Precision.FP32)) {
      return objective.of(objective.targets(images), LABELS, List.of(outputs)).item_double();
    }
  }

  private double entropy(double smoothing) {
    Tensor labels = Tensors.of(new long[] {3, 0, 9, 3}, 4);
    long mean = 1;
    return torch
        .cross_entropy_loss(outputs, labels, new TensorOptional(), mean, -100, smoothing)
        .item_double();
  }

  private double divergence(double temperature) {
    try (Program program = new Program(teacher, EXECUTION)) {
      Scalar t = new Scalar(temperature);
      Tensor target = torch.log_softmax(program.run(images)[0].div(t), 1);
      Tensor output = torch.log_softmax(outputs.div(t), 1);
      long sum = 2;
      double all = torch.kl_div(output, target, sum, true).item_double();
      return all / LABELS.length * temperature * temperature;
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0,1", "0.1,0,1", "0,1,1", "0,1,4", "0.1,0.7,2"})
  void weighsLabelsAgainstTheTeacher(double smoothing, double weight, double temperature) {
    double expected = (1 - weight) * entropy(smoothing) + weight * divergence(temperature);
    assertThat(objective(true, smoothing, weight, temperature))
        .isCloseTo(expected, within(1e-4 * Math.abs(expected)));
  }

  @Test
  void withoutLabelsTheTeacherIsAll() {
    assertThat(objective(false, 0.1, 0.2, 3)).isCloseTo(divergence(3), within(1e-3));
  }

  /** Even where the teacher's outputs count for nothing, its features do. */
  @ParameterizedTest
  @CsvSource({"0,2", "0.7,5"})
  void featuresComeOnTop(double weight, double featureWeight) {
    Tensor own = gaussian(4, 4, 32, 32);
    TrainRecipe.Loss weights = new TrainRecipe.Loss(0, weight, 2, featureWeight);
    Teacher original = new Teacher(teacher, EXECUTION);
    ImageStore store =
        new ImageStore(new ShapeImages(1, 4), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
    Summation alone = Summation.alone(EXECUTION, WorkListener.NONE);
    try (Features features = Features.of(teacher, original, ImageSubset.all(store), 4, alone);
        Program watched = new Program(requireNonNull(features).watched(teacher), EXECUTION);
        Objective objective =
            new Objective(
                new TaskLoss(teacher), original, features, true, weights, Precision.FP32)) {
      double error = features.error(own, watched.run(images)[1]).item_double();
      double plain = (1 - weight) * entropy(0) + weight * divergence(2);
      assertThat(
              objective.of(objective.targets(images), LABELS, List.of(outputs, own)).item_double())
          .isCloseTo(plain + featureWeight * error, within(1e-4 * (plain + error)));
    }
  }

  @Test
  void withoutEitherThereIsNothingToLearn() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              TrainRecipe.Loss loss = TrainRecipe.fineTuning(1, 1).loss();
              new Objective(new TaskLoss(teacher), null, null, false, loss, Precision.FP32).close();
            });
  }
}
