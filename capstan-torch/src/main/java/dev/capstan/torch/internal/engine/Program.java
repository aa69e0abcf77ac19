package dev.capstan.torch.internal.engine;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.Relu;
import dev.capstan.torch.internal.kernel.ForeignKernels;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A graph made ready to run: its nodes as steps over numbered slots, its constants in libtorch's
 * memory, which this object owns until closed. A run's state is in {@link Values}, so several runs
 * may go on side by side.
 *
 * <p>{@link #run} is a whole forward pass without gradients. To run step by step, to replace
 * constants or to compute gradients:
 *
 * <pre>{@code
 * try (Values values = program.begin(images)) {
 *   values.put(program.slot("conv1.weight"), learned);
 *   program.walk(values, program::execute);
 *   Tensor logits = values.get(program.slot("logits"));
 * }
 * }</pre>
 */
public final class Program implements AutoCloseable {
  private static final Set<Class<?>> FRESH =
      Set.of(Conv.class, BatchNormalization.class, Gemm.class, MatMul.class, Add.class);

  private final Graph graph;
  private final Execution execution;
  private final Constants constants;
  private final Map<String, Integer> slots = new HashMap<>();
  private final ForeignKernels foreign = new ForeignKernels();
  private final List<Step> steps;

  /**
   * Compiles a graph.
   *
   * @throws InvalidInputException if an operator cannot be run
   */
  public Program(Graph graph, Execution execution) {
    this.graph = graph;
    this.execution = execution;
    graph.constants().keySet().forEach(this::assign);
    graph.inputs().forEach(input -> assign(input.name()));
    steps = compile();
    constants = new Constants(graph, execution.precision());
  }

  private void assign(String value) {
    slots.put(value, slots.size());
  }

  private List<Step> compile() {
    for (Node node : graph.nodes()) {
      node.outputs().stream().filter(output -> !output.isEmpty()).forEach(this::assign);
    }
    List<List<String>> lastUses = LastUses.of(graph);
    return IntStream.range(0, lastUses.size())
        .mapToObj(i -> step(graph.nodes().get(i), lastUses.get(i)))
        .toList();
  }

  private Step step(Node node, List<String> lastUses) {
    return new Step(
        node,
        slots(node.inputs()),
        slots(node.outputs()),
        slots(lastUses),
        foreign.kernel(node.operator()),
        overwrites(node));
  }

  private boolean overwrites(Node node) {
    if (!(node.operator() instanceof Relu)) {
      return false;
    }
    String operand = node.inputs().get(0);
    Node producer = graph.producer(operand);
    // What these give is memory of their own, never a view of another value.
    return producer != null
        && FRESH.contains(producer.operator().getClass())
        && node.equals(graph.soleReader(operand));
  }

  private List<Integer> slots(List<String> values) {
    return values.stream().map(value -> value.isEmpty() ? -1 : slot(value)).toList();
  }

  /** The graph this runs. */
  public Graph graph() {
    return graph;
  }

  /** The constants, which stay this object's. */
  public Constants constants() {
    return constants;
  }

  /** The nodes in topological order. */
  public List<Step> steps() {
    return steps;
  }

  /**
   * The slot of a graph input, constant or node output.
   *
   * @throws IllegalArgumentException if the graph has no such value
   */
  public int slot(String value) {
    Integer slot = slots.get(value);
    if (slot == null) {
      throw new IllegalArgumentException("no value '" + value + "' in graph " + graph.name());
    }
    return slot;
  }

  /**
   * The start of a run: constants and inputs are in their slots.
   *
   * @param inputs one a graph input, in order; they stay the caller's and may be closed at once
   * @throws InvalidInputException if they do not fit the graph's inputs
   */
  public Values begin(Tensor... inputs) {
    execution.apply();
    if (inputs.length != graph.inputs().size()) {
      throw new InvalidInputException(
          "expected %d inputs, found %d".formatted(graph.inputs().size(), inputs.length));
    }
    Values values = new Values(slots.size());
    graph.constants().keySet().forEach(name -> values.put(slot(name), constants.get(name)));
    for (int i = 0; i < inputs.length; i++) {
      Value input = graph.inputs().get(i);
      checkShape(input, Tensors.shape(inputs[i]));
      values.own(slot(input.name()), prepared(inputs[i]));
    }
    return values;
  }

  private static void checkShape(Value input, Shape found) {
    Shape expected = input.type().shape();
    boolean fits = expected.rank() == found.rank();
    for (int axis = 0; fits && axis < found.rank(); axis++) {
      fits = expected.size(axis) < 0 || expected.size(axis) == found.size(axis);
    }
    if (!fits) {
      throw new InvalidInputException(
          "input '%s': expected shape %s, found %s".formatted(input.name(), expected, found));
    }
  }

  private Tensor prepared(Tensor input) {
    try (PointerScope scope = new PointerScope()) {
      Tensor cast = input.is_floating_point() ? input.to(execution.precision().storage()) : input;
      Tensor last = Tensors.channelsLast(cast);
      last.retainReference();
      return last;
    }
  }

  /** Runs one step: reads its operands from their slots and puts the results into theirs. */
  public void execute(Step step, Values values) {
    @Nullable Tensor[] operands = new Tensor[step.inputs().size()];
    for (int i = 0; i < operands.length; i++) {
      int slot = step.inputs().get(i);
      operands[i] = slot < 0 ? null : values.get(slot);
    }
    Tensor[] results = step.execute(operands, execution.precision());
    for (int i = 0; i < results.length; i++) {
      values.own(step.outputs().get(i), results[i]);
    }
  }

  /**
   * Runs one step as {@link #execute} does, but an operand that nothing else reads may be written
   * over. Autograd follows that too: no gradient of what may come before needs its own result.
   */
  public void infer(Step step, Values values) {
    if (!step.overwrites()) {
      execute(step, values);
      return;
    }
    Tensor operand = values.take(step.inputs().get(0));
    operand.relu_();
    values.own(step.outputs().get(0), operand);
  }

  /**
   * A forward pass without gradients. Activations are freed as soon as nothing needs them.
   *
   * @param inputs one a graph input, in order; they stay the caller's
   * @return one a graph output, in order; the caller's to close
   */
  public Tensor[] run(Tensor... inputs) {
    try (NoGradGuard guard = new NoGradGuard();
        Values values = begin(inputs)) {
      walk(values, this::infer);
      return takeOutputs(values).toArray(Tensor[]::new);
    }
  }

  /** What runs one step: {@link #execute}, {@link #infer}, or something in their place. */
  public interface StepAction {
    /** Fills the step's outputs. */
    void run(Step step, Values values);
  }

  /**
   * Runs all steps by an action. Activations are freed as soon as nothing needs them, so an action
   * sees its step's operands and results, nothing older.
   */
  public void walk(Values values, StepAction action) {
    for (Step step : steps) {
      action.run(step, values);
      values.drop(step.lastUses());
    }
  }

  /** The outputs of a run, in the graph's order; they stay the run's. */
  public List<Tensor> outputs(Values values) {
    return graph.outputs().stream().map(output -> values.get(slot(output.name()))).toList();
  }

  /** Hands the outputs of a run over to the caller, in the graph's order. */
  public List<Tensor> takeOutputs(Values values) {
    return graph.outputs().stream().map(output -> values.take(slot(output.name()))).toList();
  }

  @Override
  public void close() {
    foreign.close();
    constants.close();
  }
}
