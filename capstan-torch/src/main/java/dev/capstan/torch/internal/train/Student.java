package dev.capstan.torch.internal.train;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.TrainRecipe.Optimizer;
import dev.capstan.torch.internal.checkpoint.TrainingState;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.watch.Course;
import dev.capstan.weights.TensorHash;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A network whose weights learn. BatchNorm runs on the statistics of the batch, and moves its
 * running ones, or on the running ones, which then stay ({@link Optimizer}); Dropout stays off,
 * because a compressed network has no capacity to spare. Owns all native memory until closed.
 */
final class Student implements AutoCloseable {
  private final Graph graph;
  private final boolean ofBatches;
  private final Program program;
  private final LearnedWeights weights;
  private final FlatTensors statistics;
  private final StepSums sums;
  private final List<Average> averages;
  private final List<FlatTensors> best;

  /** Share of a batch in the running statistics: PyTorch's default, until another one is set. */
  private double statisticsMomentum = 0.1;

  /**
   * A network with the weights that its graph has.
   *
   * @param features that it gives beside its outputs, null for none
   */
  Student(Graph graph, @Nullable Features features, TrainRecipe recipe, Execution execution) {
    this(graph, features, recipe, execution, Exchange.NONE);
  }

  /**
   * The same.
   *
   * @param exchange brings together what a step is made of
   */
  Student(
      Graph graph,
      @Nullable Features features,
      TrainRecipe recipe,
      Execution execution,
      Exchange exchange) {
    this.graph = graph;
    ofBatches = recipe.schedule().optimizer() == Optimizer.MUON;
    program = new Program(features == null ? graph : features.watched(graph), execution);
    weights = new LearnedWeights(graph, recipe.schedule(), execution.precision().storage());
    statistics = FlatTensors.of(graph, Role.STATISTIC.of(graph), execution.precision().storage());
    sums = new StepSums(exchange, weights.gradients(), ofBatches ? statistics : null);
    averages =
        recipe.averaging() == 0
            ? List.of()
            : Stream.of(weights.values(), statistics)
                .map(followed -> new Average(followed, recipe.averaging()))
                .toList();
    best = living().stream().map(FlatTensors::copy).toList();
  }

  /** All that makes the network as it stands. */
  private List<FlatTensors> living() {
    return Stream.concat(
            Stream.of(weights.values(), statistics), averages.stream().map(Average::mean))
        .toList();
  }

  /** What the result is made of. */
  private List<FlatTensors> result() {
    return averages.isEmpty() ? living() : averages.stream().map(Average::mean).toList();
  }

  /** Remembers the network as it stands, to go back to. */
  void keep() {
    for (int i = 0; i < best.size(); i++) {
      best.get(i).set(living().get(i));
    }
  }

  /** Goes back to the network that was remembered, at first the start; optimisers are at rest. */
  void back() {
    for (int i = 0; i < best.size(); i++) {
      living().get(i).set(best.get(i));
    }
    weights.optimiser().rest();
    sums.forget();
  }

  /**
   * The outputs for a batch as the result would give them: BatchNorm on its running statistics,
   * without gradients.
   *
   * @return as {@link #forward} does
   */
  List<Tensor> infer(Tensor[] images) {
    try (NoGradGuard guard = new NoGradGuard();
        Values values = program.begin(images)) {
      for (FlatTensors part : result()) {
        part.views().forEach((name, view) -> values.put(program.slot(name), view));
      }
      program.walk(values, program::infer);
      return program.takeOutputs(values);
    }
  }

  /** Sets the share that a batch has in the running statistics from now on, in (0, 1]. */
  void setStatisticsMomentum(double share) {
    statisticsMomentum = share;
  }

  /**
   * The outputs for a batch, in training mode; autograd follows them to the weights.
   *
   * @return one a graph output, in order, then the features if any; the caller's to close
   */
  List<Tensor> forward(Tensor[] images) {
    try (Values values = program.begin(images)) {
      weights.leaves().forEach((name, leaf) -> values.put(program.slot(name), leaf));
      statistics.views().forEach((name, view) -> values.put(program.slot(name), view));
      program.walk(values, this::execute);
      return program.takeOutputs(values);
    }
  }

  private void execute(Step step, Values values) {
    if (ofBatches && step.node().operator() instanceof BatchNormalization norm) {
      List<Tensor> operands = step.inputs().stream().map(values::get).toList();
      values.own(step.outputs().get(0), normalize(norm, operands));
    } else {
      program.infer(step, values);
    }
  }

  private Tensor normalize(BatchNormalization norm, List<Tensor> operands) {
    try (PointerScope scope = new PointerScope()) {
      Tensor input = operands.get(0);
      // One number a channel has no variance: only the running statistics say what is usual.
      boolean ofBatch = input.numel() > input.size(1);
      Tensor result =
          torch.batch_norm(
              input,
              new TensorOptional(operands.get(1)),
              new TensorOptional(operands.get(2)),
              new TensorOptional(operands.get(3)),
              new TensorOptional(operands.get(4)),
              ofBatch,
              statisticsMomentum,
              norm.epsilon(),
              false);
      result.retainReference();
      return result;
    }
  }

  /**
   * Takes in a micro-batch of the next step.
   *
   * @param loss its mean over the images; where it is no number, nothing is taken in
   */
  void gather(Tensor loss, int images) {
    Tensor part = sums.part(loss, images);
    if (Double.isFinite(loss.item_double())) {
      part.backward();
    }
    sums.endPart(images);
  }

  /**
   * What the micro-batches of a step add up to, over all processes; gradients are means then.
   *
   * @param meanwhile what is done while others are waited for
   */
  StepSums.Together bringTogether(Runnable meanwhile) {
    return sums.bringTogether(meanwhile);
  }

  /**
   * One step of the optimisers, along the gradients that backward passes have left.
   *
   * @param done which step of the run this is, from 1 on
   * @param height of the rates, as a share of those of the schedule
   */
  void step(int done, double height) {
    weights.optimiser().step(height);
    averages.forEach(average -> average.step(done));
  }

  /**
   * What the steps to come depend on.
   *
   * @param course how the run stands
   */
  TrainingState state(int step, String run, Course course) {
    return new TrainingState(
        network(living()), weights.optimiser().moments(), network(best), course, step, run);
  }

  /** A hash of the network as it stands. */
  String hash() {
    return TensorHash.of(
        Map.of("weights", weights.values().constant(), "statistics", statistics.constant()));
  }

  private static TrainingState.Network network(List<FlatTensors> parts) {
    Map<String, Constant> means = new LinkedHashMap<>();
    parts.stream().skip(2).forEach(mean -> means.putAll(mean.constants()));
    return new TrainingState.Network(parts.get(0).constants(), parts.get(1).constants(), means);
  }

  /** Goes back to a state. */
  void resume(TrainingState state) {
    set(living(), state.now());
    set(best, state.best());
    weights.optimiser().resume(state.momenta());
    sums.forget();
  }

  private static void set(List<FlatTensors> parts, TrainingState.Network network) {
    parts.get(0).set(network.weights());
    parts.get(1).set(network.statistics());
    parts.stream().skip(2).forEach(mean -> mean.set(network.averages()));
  }

  /** The network as it stands, on average if so asked, its constants in the types they had. */
  Graph trained() {
    Graph.Builder builder = graph.edit();
    result().stream()
        .flatMap(flat -> flat.constants().entrySet().stream())
        .forEach(
            entry -> {
              Constant now = entry.getValue();
              Constant before = Objects.requireNonNull(graph.constant(entry.getKey()));
              builder.constant(entry.getKey(), before.withFloats(now.floats(), now.sizes()));
            });
    return builder.build();
  }

  @Override
  public void close() {
    best.forEach(FlatTensors::close);
    averages.forEach(Average::close);
    sums.close();
    weights.close();
    statistics.close();
    program.close();
  }
}
