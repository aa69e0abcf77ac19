package dev.capstan.train;

import dev.capstan.checkpoint.TrainingState;
import dev.capstan.engine.Execution;
import dev.capstan.engine.Program;
import dev.capstan.engine.Step;
import dev.capstan.engine.Values;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.recipe.TrainRecipe;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A network whose weights learn. BatchNorm runs on the statistics of the batch, and moves its
 * running ones; Dropout stays off, because a compressed network has no capacity to spare. Owns all
 * native memory until closed.
 */
final class Student implements AutoCloseable {
  /** Share of a batch in the running statistics, PyTorch's default. */
  private static final double STATISTICS_MOMENTUM = 0.1;

  private final Graph graph;
  private final Program program;
  private final FlatTensors weights;
  private final FlatTensors gradients;
  private final FlatTensors momenta;
  private final FlatTensors statistics;
  private final Map<String, Tensor> leaves = new LinkedHashMap<>();
  private final TrainRecipe.Schedule schedule;
  private final Muon muon;
  private final NesterovSgd descent;
  private final List<Average> averages;

  /** A network with the weights that its graph has. */
  Student(Graph graph, TrainRecipe recipe, Execution execution) {
    this.graph = graph;
    schedule = recipe.schedule();
    Map<String, Integer> turned = schedule.muonRate() == 0 ? Map.of() : Role.convolutions(graph);
    List<String> kernels = new ArrayList<>(turned.keySet());
    Role.KERNEL.of(graph).stream().filter(name -> !turned.containsKey(name)).forEach(kernels::add);
    List<String> learned = Stream.concat(kernels.stream(), Role.BIAS.of(graph).stream()).toList();
    program = new Program(graph, execution);
    weights = flat(learned, execution);
    gradients = flat(learned, execution);
    momenta = flat(learned, execution);
    statistics = flat(Role.STATISTIC.of(graph), execution);
    weights.set(graph.constants());
    statistics.set(graph.constants());
    weights.views().forEach((name, view) -> leaves.put(name, leaf(name, view)));
    muon = muon(turned);
    descent = descent(elements(turned.keySet()), elements(kernels));
    averages =
        recipe.averaging() == 0
            ? List.of()
            : Stream.of(weights, statistics)
                .map(followed -> new Average(followed, recipe.averaging()))
                .toList();
  }

  private Muon muon(Map<String, Integer> groups) {
    return new Muon(
        groups.entrySet().stream()
            .map(
                entry ->
                    new Muon.Kernel(
                        weights.view(entry.getKey()),
                        gradients.view(entry.getKey()),
                        momenta.view(entry.getKey()),
                        entry.getValue()))
            .toList(),
        schedule.momentum());
  }

  /** Of what lies behind {@code from}; kernels reach up to {@code to}. */
  private NesterovSgd descent(long from, long to) {
    return new NesterovSgd(
        weights.from(from),
        gradients.from(from),
        momenta.from(from),
        to - from,
        schedule.momentum(),
        schedule.weightDecay());
  }

  private long elements(Collection<String> names) {
    return names.stream().mapToLong(name -> constant(name).elements()).sum();
  }

  private FlatTensors flat(List<String> names, Execution execution) {
    Map<String, long[]> sizes = new LinkedHashMap<>();
    names.forEach(name -> sizes.put(name, constant(name).sizes()));
    return new FlatTensors(sizes, execution.precision().storage());
  }

  private Constant constant(String name) {
    Constant constant = graph.constant(name);
    if (constant == null) {
      throw new IllegalArgumentException("'" + name + "' is no constant");
    }
    return constant;
  }

  /**
   * A leaf of autograd that shares its elements with the weights, its gradient's with gradients.
   */
  private Tensor leaf(String name, Tensor view) {
    try (PointerScope scope = new PointerScope()) {
      Tensor leaf = view.detach().requires_grad_(true);
      leaf.mutable_grad().put(gradients.view(name));
      leaf.retainReference();
      return leaf;
    }
  }

  /**
   * The outputs for a batch, in training mode; autograd follows them to the weights.
   *
   * @return one a graph output, in order; the caller's to close
   */
  List<Tensor> forward(Tensor images) {
    try (Values values = program.begin(images)) {
      leaves.forEach((name, leaf) -> values.put(program.slot(name), leaf));
      statistics.views().forEach((name, view) -> values.put(program.slot(name), view));
      for (Step step : program.steps()) {
        execute(step, values);
        values.drop(step.lastUses());
      }
      return graph.outputs().stream()
          .map(output -> values.take(program.slot(output.name())))
          .toList();
    }
  }

  private void execute(Step step, Values values) {
    if (step.node().operator() instanceof BatchNormalization norm) {
      List<Tensor> operands = step.inputs().stream().map(values::get).toList();
      values.own(step.outputs().get(0), normalize(norm, operands));
    } else {
      program.infer(step, values);
    }
  }

  private static Tensor normalize(BatchNormalization norm, List<Tensor> operands) {
    try (PointerScope scope = new PointerScope()) {
      Tensor result =
          torch.batch_norm(
              operands.get(0),
              new TensorOptional(operands.get(1)),
              new TensorOptional(operands.get(2)),
              new TensorOptional(operands.get(3)),
              new TensorOptional(operands.get(4)),
              true,
              STATISTICS_MOMENTUM,
              norm.epsilon(),
              false);
      result.retainReference();
      return result;
    }
  }

  /**
   * One step of the optimisers, along the gradients that backward passes have left.
   *
   * @param done which step of the run this is, from 1 on
   * @param height of the rates, as a share of those of the schedule
   */
  void step(int done, double height) {
    muon.step(schedule.muonRate() * height);
    descent.step(schedule.rate() * height);
    averages.forEach(average -> average.step(done));
  }

  /** What the steps to come depend on. */
  TrainingState state(int step, String run) {
    Map<String, Constant> means = new LinkedHashMap<>();
    averages.forEach(average -> means.putAll(average.mean().constants()));
    return new TrainingState(
        weights.constants(), momenta.constants(), statistics.constants(), means, step, run);
  }

  /** Goes back to a state. */
  void resume(TrainingState state) {
    weights.set(state.weights());
    momenta.set(state.momenta());
    statistics.set(state.statistics());
    averages.forEach(average -> average.mean().set(state.averages()));
  }

  /** The network as it stands, on average if so asked, its constants in the types they had. */
  Graph trained() {
    Graph.Builder builder = graph.edit();
    Stream<FlatTensors> result =
        averages.isEmpty() ? Stream.of(weights, statistics) : averages.stream().map(Average::mean);
    result
        .flatMap(flat -> flat.constants().entrySet().stream())
        .forEach(
            entry -> {
              Constant now = entry.getValue();
              Constant before = constant(entry.getKey());
              builder.constant(entry.getKey(), before.withFloats(now.floats(), now.sizes()));
            });
    return builder.build();
  }

  @Override
  public void close() {
    averages.forEach(Average::close);
    leaves.values().forEach(Tensor::close);
    descent.close();
    Stream.of(weights, gradients, momenta, statistics).forEach(FlatTensors::close);
    program.close();
  }
}
