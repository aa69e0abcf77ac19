package dev.capstan.torch.internal.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.data.Batch;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.GroupNormalization;
import dev.capstan.graph.op.InstanceNormalization;
import dev.capstan.graph.op.LayerNormalization;
import dev.capstan.graph.op.Relu;
import dev.capstan.image.Augmentation;
import dev.capstan.image.Preprocessing;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.TrainRecipe.Optimizer;
import dev.capstan.recipe.WorkListener;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.RestoreBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.testing.Layers;
import dev.capstan.torch.internal.checkpoint.TrainingState;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.statistics.ChannelMoments;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.torch.internal.watch.Course;
import dev.capstan.zoo.Zoo;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** BatchNorm in training mode, and gradients through it. */
class StudentTest {
  private static final Course COURSE = Course.from(1);

  private static final int IMAGES = 24;
  private static final double RATE = 1e-3;

  private final Graph graph = Zoo.randomCifarResNet(1, List.of(4, 8), 10, 3);
  private final ImageStore store =
      new ImageStore(
          new ShapeImages(7, IMAGES), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
  private final Batch batch = images().batches(IMAGES, 1).next();
  private final PointerScope scope = new PointerScope();

  @AfterEach
  void close() {
    scope.close();
  }

  private ImageSubset images() {
    return ImageSubset.all(store);
  }

  private static Summation alone(Precision precision) {
    return Summation.alone(in(precision), WorkListener.NONE);
  }

  private static Execution in(Precision precision) {
    return new Execution(precision, 1);
  }

  /** Plain gradient descent, whose steps show the gradient. */
  private static TrainRecipe plain() {
    return by(Optimizer.MUON);
  }

  private static TrainRecipe by(Optimizer optimizer) {
    return new TrainRecipe(
        new TrainRecipe.Schedule(optimizer, 1, IMAGES, RATE, 0, 0, 0, 0),
        TrainRecipe.Decay.COSINE,
        new TrainRecipe.Loss(0, 0, 1, 0),
        Augmentation.NONE,
        0,
        1);
  }

  private Tensor[] pixels() {
    return Tensors.of(batch);
  }

  @Test
  void onTheBatchThatGaveItsStatisticsARestoredNetworkTrainsFromWhereItWas() {
    Graph folded = Rewriter.apply(graph, new FoldBatchNorm());
    Graph restored =
        Rewriter.apply(
            folded,
            new RestoreBatchNorm(
                ChannelMoments.of(folded, images(), IMAGES, alone(Precision.FP32))));
    try (Program program = new Program(folded, in(Precision.FP32));
        Student student = new Student(restored, null, plain(), in(Precision.FP32))) {
      float[] expected = Tensors.floats(program.run(pixels())[0]);
      float[] found = Tensors.floats(student.forward(pixels()).get(0));
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(1e-3f));
      }
    }
  }

  @Test
  void runningStatisticsMoveByATenthTowardsTheBatch() {
    Map<String, RestoreBatchNorm.Statistics> moments =
        ChannelMoments.of(graph, images(), IMAGES, alone(Precision.FP32));
    RestoreBatchNorm.Statistics first = moments.get(graph.node("conv1").output());
    double count = IMAGES * 32 * 32;
    try (Student student = new Student(graph, null, plain(), in(Precision.FP32))) {
      student.forward(pixels());
      TrainingState state = student.state(1, "", COURSE);
      for (int c = 0; c < 4; c++) {
        double mean = 0.9 * value(graph.constants(), "bn1.running_mean", c) + 0.1 * first.mean()[c];
        double unbiased = first.variance()[c] * count / (count - 1);
        double variance = 0.9 * value(graph.constants(), "bn1.running_var", c) + 0.1 * unbiased;
        assertThat(value(state.now().statistics(), "bn1.running_mean", c))
            .isCloseTo(mean, within(1e-5));
        assertThat(value(state.now().statistics(), "bn1.running_var", c))
            .isCloseTo(variance, within(1e-5 * variance));
      }
    }
  }

  /** Without BatchNorm a step is the same however it is divided, also into parts of other sizes. */
  @Test
  void unequalPartsOfAStepAddUpToIt() {
    Graph folded = Rewriter.apply(graph, new FoldBatchNorm());
    int quarter = IMAGES / 4;
    TrainingState.Network whole = stepped(folded, Exchange.NONE, IMAGES);
    TrainingState.Network parts =
        stepped(folded, new Exchange(ProcessGroup.ALONE, 3), 1, quarter, IMAGES - 1 - quarter);
    assertNear(parts.weights(), whole.weights(), 1e-5f);
  }

  /**
   * Each part moves them from where the step found them, the step by the mean of what came of it.
   */
  @Test
  void runningStatisticsMoveOnceAStep() {
    Exchange halves = new Exchange(ProcessGroup.ALONE, 2);
    int half = IMAGES / 2;
    Map<String, Constant> both = stepped(graph, halves, half, half).statistics();
    Map<String, Constant> first = stepped(graph, Exchange.NONE, half).statistics();
    Map<String, Constant> second = stepped(graph, halves, 0, half).statistics();
    Map<String, Constant> mean = new HashMap<>();
    both.forEach(
        (name, values) -> {
          float[] one = first.get(name).floats();
          float[] other = second.get(name).floats();
          for (int i = 0; i < one.length; i++) {
            one[i] = (one[i] + other[i]) / 2;
          }
          mean.put(name, Constant.of(one, values.sizes()));
        });
    assertNear(both, mean, 1e-5f);
  }

  private static void assertNear(
      Map<String, Constant> found, Map<String, Constant> expected, float tolerance) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) ->
            assertThat(found.get(name).floats())
                .as(name)
                .containsExactly(tensor.floats(), within(tolerance)));
  }

  /** What a step on parts of these sizes makes of a network; one of no image is passed over. */
  private TrainingState.Network stepped(Graph net, Exchange exchange, int... sizes) {
    try (Student student = new Student(net, null, plain(), in(Precision.FP32), exchange);
        Objective objective =
            new Objective(new TaskLoss(net), null, null, true, plain().loss(), Precision.FP32)) {
      int from = sizes[0] == 0 ? IMAGES / 2 : 0;
      long seen = 0;
      for (int size : sizes) {
        if (size > 0) {
          Tensor[] part = {pixels()[0].narrow(0, from, size)};
          int[] labels = Arrays.copyOfRange(batch.labels(), from, from + size);
          student.gather(objective.of(List.of(), labels, student.forward(part)), size);
        }
        from += size;
        seen += size;
      }
      assertThat(student.bringTogether(() -> {}).images()).isEqualTo(seen);
      student.step(1, 1);
      return student.state(1, "", COURSE).now();
    }
  }

  /** So the network that learns is the one that will be the result, whatever the batch. */
  @Test
  void adamLeavesStatisticsAsTheyAre() {
    try (Student student = new Student(graph, null, by(Optimizer.ADAM), in(Precision.FP32));
        Objective objective =
            new Objective(new TaskLoss(graph), null, null, true, plain().loss(), Precision.FP32)) {
      for (int done = 1; done <= 3; done++) {
        float[] expected = Tensors.floats(student.infer(pixels()).get(0));
        assertThat(Tensors.floats(student.forward(pixels()).get(0))).containsExactly(expected);
        loss(student, objective).backward();
        student.step(done, 1);
      }
      student
          .state(3, "", COURSE)
          .now()
          .statistics()
          .forEach(
              (name, now) -> assertThat(now.sameAs(graph.constants().get(name))).as(name).isTrue());
    }
  }

  private static double value(Map<String, Constant> constants, String name, int index) {
    return constants.get(name).floats()[index];
  }

  @Test
  void momentsAreThoseOfAllImagesWhateverTheBatches() {
    var whole = ChannelMoments.of(graph, images(), IMAGES, alone(Precision.FP32));
    var parts = ChannelMoments.of(graph, images(), 7, alone(Precision.FP32));
    whole.forEach(
        (name, moments) -> {
          assertThat(parts.get(name).mean()).containsExactly(moments.mean(), within(1e-4));
          assertThat(parts.get(name).variance()).containsExactly(moments.variance(), within(1e-3));
        });
  }

  @Test
  void gradientsEqualDifferences() {
    gradientsEqualDifferences(null, null, new TrainRecipe.Loss(0, 0, 1, 0));
  }

  /** With so large a weight nearly all of the loss is the distance of the features. */
  @Test
  void gradientsOfFeaturesEqualDifferences() {
    Teacher teacher =
        new Teacher(Zoo.randomCifarResNet(1, List.of(4, 8), 10, 4), in(Precision.FP64));
    try (Features features = Features.of(graph, teacher, images(), IMAGES, alone(Precision.FP64))) {
      gradientsEqualDifferences(
          teacher, requireNonNull(features), new TrainRecipe.Loss(0, 0, 1, 100));
    }
  }

  private void gradientsEqualDifferences(
      @Nullable Teacher teacher, @Nullable Features features, TrainRecipe.Loss loss) {
    try (Student student = new Student(graph, features, plain(), in(Precision.FP64));
        Objective objective =
            new Objective(new TaskLoss(graph), teacher, features, true, loss, Precision.FP64)) {
      TrainingState before = student.state(0, "", COURSE);
      loss(student, objective).backward();
      student.step(1, 1);
      TrainingState after = student.state(1, "", COURSE);
      for (String name : List.of("conv1.weight", "layer2.0.bn1.weight", "linear.bias")) {
        float[] weights = before.now().weights().get(name).floats();
        double gradient = (weights[1] - value(after.now().weights(), name, 1)) / RATE;
        assertThat(difference(student, objective, before, name))
            .as(name)
            .isCloseTo(gradient, within(2e-2 * Math.max(0.05, Math.abs(gradient))));
      }
    }
  }

  private double difference(Student student, Objective objective, TrainingState at, String name) {
    double step = 1e-3;
    return (shifted(student, objective, at, name, step)
            - shifted(student, objective, at, name, -step))
        / (2 * step);
  }

  private double shifted(
      Student student, Objective objective, TrainingState at, String name, double by) {
    Map<String, Constant> weights = new java.util.LinkedHashMap<>(at.now().weights());
    Constant before = weights.get(name);
    float[] values = before.floats();
    values[1] += (float) by;
    weights.put(name, Constant.of(values, before.sizes()));
    TrainingState.Network network =
        new TrainingState.Network(weights, at.now().statistics(), Map.of());
    student.resume(new TrainingState(network, at.momenta(), at.best(), COURSE, 0, ""));
    return loss(student, objective).item_double();
  }

  private Tensor loss(Student student, Objective objective) {
    return objective.of(objective.targets(pixels()), batch.labels(), student.forward(pixels()));
  }

  @Test
  void theAverageFollowsTheFormulaAndIsTheResult() {
    double decay = 0.3;
    double expected = 0;
    double mean = value(graph.constants(), "bn1.running_mean", 1);
    double weight = value(graph.constants(), "conv1.weight", 5);
    try (Student student =
            new Student(graph, null, plain().withAveraging(decay), in(Precision.FP32));
        Objective objective =
            new Objective(new TaskLoss(graph), null, null, true, plain().loss(), Precision.FP32)) {
      for (int done = 1; done <= 4; done++) {
        loss(student, objective).backward();
        student.step(done, 100);
        TrainingState state = student.state(done, "", COURSE);
        double share = Math.min(decay, done / (9.0 + done));
        weight = share * weight + (1 - share) * value(state.now().weights(), "conv1.weight", 5);
        mean = share * mean + (1 - share) * value(state.now().statistics(), "bn1.running_mean", 1);
        expected = value(state.now().weights(), "conv1.weight", 5);
      }
      Graph trained = student.trained();
      assertThat(value(trained.constants(), "conv1.weight", 5)).isCloseTo(weight, within(1e-6));
      assertThat(value(trained.constants(), "bn1.running_mean", 1)).isCloseTo(mean, within(1e-6));
      assertThat(Math.abs(weight - expected)).isGreaterThan(1e-5);
    }
  }

  /** Of one image, behind a pool, a channel has one number: no variance to normalise by. */
  @Test
  void aSingleNumberAChannelIsNormalisedByTheRunningStatistics() {
    Layers layers = new Layers("single", 3, Dim.open("N"), 3, 32);
    var x = layers.apply(new GlobalAveragePool(), layers.input(), 1);
    x = layers.batchNorm(layers.conv(x, 4, 1, 1));
    Graph net = layers.outputs(layers.gemm(layers.flatten(x), 10));
    try (Program program = new Program(net, in(Precision.FP32));
        Student student = new Student(net, null, plain(), in(Precision.FP32))) {
      Tensor[] single = {pixels()[0].narrow(0, 0, 1)};
      assertThat(Tensors.floats(student.forward(single).get(0)))
          .containsExactly(Tensors.floats(program.run(single)[0]), within(1e-5f));
      student
          .state(1, "", COURSE)
          .now()
          .statistics()
          .forEach(
              (name, now) -> assertThat(now.sameAs(net.constants().get(name))).as(name).isTrue());
    }
  }

  @Test
  void withoutAveragingTheLastWeightsAreTheResult() {
    try (Student student = new Student(graph, null, plain(), in(Precision.FP32));
        Objective objective =
            new Objective(new TaskLoss(graph), null, null, true, plain().loss(), Precision.FP32)) {
      loss(student, objective).backward();
      student.step(1, 100);
      TrainingState state = student.state(1, "", COURSE);
      Graph trained = student.trained();
      assertThat(state.now().averages()).isEmpty();
      state
          .now()
          .weights()
          .forEach(
              (name, last) ->
                  assertThat(last.sameAs(trained.constants().get(name))).as(name).isTrue());
    }
  }

  @Test
  void everyFloatingConstantOfAClassifierHasItsRole() {
    assertThat(Role.KERNEL.of(graph)).hasSize(6).allMatch(name -> name.endsWith("weight"));
    assertThat(Role.BIAS.of(graph)).contains("bn1.weight", "bn1.bias", "linear.bias").hasSize(11);
    assertThat(Role.STATISTIC.of(graph)).hasSize(10).allMatch(name -> name.contains("running"));
  }

  @Test
  void everyWeightOfEveryLayerLearns() {
    Layers layers = new Layers("layers", 3, Dim.of(IMAGES), 3, 32);
    var x = layers.apply(new Relu(), layers.conv(layers.input(), 4, 3, 4));
    x =
        layers.normalized(
            new LayerNormalization(1, 1e-5f), layers.convTranspose(x, 4, 1), 4, 16, 16);
    x = layers.conv(layers.apply(new Relu(), x), 4, 3, 2);
    x = layers.apply(new Relu(), layers.normalized(new GroupNormalization(1e-5f, 2, false), x, 4));
    x = layers.conv(x, 4, 3, 1, 1, false);
    x = layers.normalized(new InstanceNormalization(1e-5f), x, 4);
    x = layers.apply(new Relu(), layers.matMul(layers.flatten(x), 16));
    Graph net = layers.outputs(layers.gemm(x, 10));
    for (TrainRecipe recipe : List.of(plain(), plain().withMuonRate(0.01), by(Optimizer.ADAM))) {
      try (Student student = new Student(net, null, recipe, in(Precision.FP32));
          Objective objective =
              new Objective(new TaskLoss(net), null, null, true, recipe.loss(), Precision.FP32)) {
        Map<String, Constant> before = student.state(0, "", COURSE).now().weights();
        assertThat(before.keySet()).containsExactlyInAnyOrderElementsOf(net.constants().keySet());
        loss(student, objective).backward();
        student.step(1, 1);
        student
            .state(1, "", COURSE)
            .now()
            .weights()
            .forEach((name, now) -> assertThat(now.sameAs(before.get(name))).as(name).isFalse());
      }
    }
  }
}
