package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Opaque;
import dev.capstan.rewrite.MergeConstants;
import dev.capstan.rewrite.OpenBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a graph of a parsed model. */
final class GraphReader implements OpaqueNodes.Scope {
  private final ModelProto model;
  private final Deque<NodeProto> ahead;
  private final List<NodeProto> protos = new ArrayList<>();
  private final Metadata metadata;
  private final TrialScope trial;
  private final TensorReader tensors;
  private final ReadBudget budget;
  private final ConstantFolding folding;
  private final ShapeArithmetic extents;
  private final ExtentTargets targets = new ExtentTargets(this);
  private final TailReader tail;
  private final BatchTables tables;
  private final NodePatterns patterns;
  private final RepeatedRows rows;
  private final ImageCopies copies;
  private final InitialStates states;
  private final Branches branches;
  private final Loops loops;
  private final KnownConstants constants = new KnownConstants();
  private final Map<String, TensorType> types = new LinkedHashMap<>();
  private final List<Value> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Node> producers = new HashMap<>();
  private final Carried carried;
  private final OpaqueNodes opaque;
  private final Map<String, Set<String>> readers = new HashMap<>();
  private final Set<String> outputNames;

  /** Values that a run makes of constants alone. */
  private final Set<String> ofConstants = new HashSet<>();

  private GraphReader(
      ModelProto model,
      TensorReader tensors,
      ConstantRuntime runtime,
      Carried carried,
      OpaqueNodes opaque) {
    this.model = model;
    ReadBudget.given(model.getGraph().getOutputCount());
    this.outputNames = new HashSet<>();
    for (ValueInfoProto output : model.getGraph().getOutputList()) {
      if (!outputNames.add(output.getName())) {
        throw new InvalidInputException(
            "two graph outputs are named '%s'; take one out".formatted(output.getName()));
      }
    }
    this.carried = carried;
    this.opaque = opaque;
    this.tail = new TailReader(carried.before(), this::isOpen, constants::contains);
    this.metadata = ModelMetadata.read(model);
    ModelMetadata.checkOpset(metadata.opset());
    this.trial = new TrialScope(metadata.opset(), this::type);
    this.tensors = tensors;
    this.budget = new ReadBudget();
    FunctionCalls functions = new FunctionCalls(model, budget);
    List<NodeProto> all =
        NodeNames.named(NodeOrder.runnable(functions.inlined(model.getGraph().getNodeList())));
    Set<String> given = Subgraphs.names(all);
    budget.each(given);
    UniqueNames names = new UniqueNames(given);
    InnerNodes inner = new InnerNodes(functions, budget, names);
    this.branches = new Branches(inner);
    this.ahead = new ArrayDeque<>(all);
    keepApart(carried.inputs());
    readConstants();
    Allowance allowance = new Allowance(model.getSerializedSize() + tensors.externalBytes());
    this.folding = new ConstantFolding(allowance, runtime);
    this.loops = new Loops(inner, folding);
    this.extents = new ShapeArithmetic(this, folding, budget);
    this.tables = new BatchTables(this, folding, extents::list, this::image);
    this.patterns = new NodePatterns(this, producers::get, tables, names);
    this.rows = new RepeatedRows(this, tables, constants, names);
    this.copies =
        new ImageCopies(tables, constants, names, () -> inputs.isEmpty() ? null : inputs.get(0));
    this.states = new InitialStates(this, tables, copies, names);
  }

  /**
   * The model's graph as far as a {@link Graph} can hold it; the rest is its tail.
   *
   * @param runtime computes constants that there is no kernel for
   * @param carried what is the tail's though a graph could hold them
   * @param opaque which nodes are held though their operators are not known
   * @throws InvalidInputException if the model contradicts itself
   */
  static Graph read(
      ModelProto model,
      TensorReader tensors,
      ConstantRuntime runtime,
      Carried carried,
      OpaqueNodes opaque) {
    return new GraphReader(model, tensors, runtime, carried, opaque).read();
  }

  private void keepApart(Set<String> inputs) {
    List<String> all =
        model.getGraph().getInputList().stream().map(ValueInfoProto::getName).toList();
    for (String input : inputs) {
      if (!all.contains(input)) {
        throw new InvalidInputException(
            "there is no input '%s', the inputs are %s".formatted(input, all));
      }
      tail.addSource(input, "reads the input '" + input + "', which is given and no image");
    }
  }

  private Graph read() {
    readInputs();
    ahead.forEach(this::use);
    outputNames.forEach(output -> use(output, ""));
    while (!ahead.isEmpty()) {
      NodeProto node = ahead.remove();
      if (!isReplaced(node)) {
        protos.add(node);
        read(node);
      }
    }
    patterns.removeBypassed(nodes, protos, outputNames);
    return MergeConstants.ofOneOrigin(tail.isEmpty() ? whole() : part());
  }

  private void use(NodeProto node) {
    Subgraphs.reads(node).forEach(value -> use(value, node.getOpType()));
  }

  /** Takes down that an operator reads a value; none where it is given out. */
  private void use(String value, String type) {
    readers.computeIfAbsent(value, key -> new HashSet<>()).add(type);
    constants.addReader(value);
  }

  private void readConstants() {
    GraphProto proto = model.getGraph();
    if (proto.getSparseInitializerCount() > 0) {
      throw new InvalidInputException("sparse initializers are not supported");
    }
    Set<String> names = new HashSet<>();
    for (TensorProto tensor : proto.getInitializerList()) {
      if (!names.add(tensor.getName())) {
        throw new InvalidInputException("two initializers are named '" + tensor.getName() + "'");
      }
      try {
        constants.put(tensor.getName(), tensors.read(tensor));
      } catch (UnsupportedException e) {
        tail.addSource(tensor.getName(), String.valueOf(e.getMessage()));
      }
    }
    for (NodeProto node : ahead) {
      for (String output : node.getOutputList()) {
        if (names.contains(output)) {
          throw new InvalidInputException(
              "node '%s' gives '%s', which is an initializer".formatted(node.getName(), output));
        }
      }
    }
  }

  /** Up to IR version 3 initializers are inputs too; a value of their own makes them constants. */
  private void readInputs() {
    for (ValueInfoProto input : model.getGraph().getInputList()) {
      if (constants.contains(input.getName()) || tail.hasSource(input.getName())) {
        continue;
      }
      try {
        Value value = ValueTypes.read(input);
        inputs.add(value);
        ReadBudget.given(inputs.size());
        types.put(value.name(), value.type());
        budget.value(value.type().shape());
      } catch (UnsupportedException e) {
        tail.addSource(input.getName(), String.valueOf(e.getMessage()));
      }
    }
  }

  /** Puts what an If or a Loop amounts to in its place, where that is known. */
  private boolean isReplaced(NodeProto node) {
    InnerNodes.Inner inner;
    try {
      inner = carried.nodes().contains(node.getName()) ? null : inner(node);
    } catch (InvalidInputException e) {
      throw NodeParser.placed(node, e);
    }
    if (inner == null) {
      return false;
    }
    inner.constants().forEach(constants::add);
    List<NodeProto> nodes = inner.nodes();
    nodes.forEach(this::use);
    constants.fold(node, Map.of());
    for (int i = nodes.size() - 1; i >= 0; i--) {
      ahead.addFirst(nodes.get(i));
    }
    return true;
  }

  /** A loop in a tail stays one: nothing is won by its rounds. */
  private InnerNodes.@Nullable Inner inner(NodeProto node) {
    InnerNodes.Inner branch = branches.taken(node, this);
    return branch != null || tail.feeds(node) ? branch : loops.unrolled(node, this);
  }

  private void read(NodeProto node) {
    if (tail.takes(node)) {
      return;
    }
    if (carried.nodes().contains(node.getName())) {
      carry(node);
      return;
    }
    try {
      Map<String, Constant> folded = folding.fold(node, this);
      if (!folded.isEmpty()) {
        constants.fold(node, folded);
      } else if (vanishes(node)) {
        keepGiven(node);
      } else {
        nodes(node).forEach(this::add);
      }
    } catch (UnsupportedException e) {
      if (!tail.takesOfSizes(node)) {
        hold(node, String.valueOf(e.getMessage()));
      }
    } catch (InvalidInputException e) {
      throw NodeParser.placed(node, e);
    }
  }

  /** Takes a node that computes with extents, or with what was counted by the batch. */
  private boolean vanishes(NodeProto node) {
    boolean counted = node.getInputList().stream().anyMatch(tables::contains);
    return counted
        ? tables.read(node, constants)
        : extents.read(node, constants) || tables.read(node, constants);
  }

  /** What hangs on open extents and is given out is no constant: a run computes it. */
  private void keepGiven(NodeProto node) {
    for (String value : node.getOutputList()) {
      if (outputNames.contains(value) && !constants.contains(value)) {
        tail.addGiver(node, "gives '" + value + "', which hangs on an extent that is left open");
      }
    }
  }

  /** The nodes that one amounts to. */
  private List<Node> nodes(NodeProto node) {
    if (node.getInputList().stream().anyMatch(v -> Opaque.givesWhole(producers.get(v), v))) {
      throw new UnsupportedException(
          "reads whole numbers that an operator gives that is not known");
    }
    List<Node> simpler = patterns.read(node);
    return simpler.isEmpty() ? rows.read(NodeParser.read(node, this)) : simpler;
  }

  /** An operator that is not known is held as it is, or else the tail's. */
  private void hold(NodeProto node, String reason) {
    int before = nodes.size();
    try {
      InitialStates.Started started = states.read(node);
      started.nodes().forEach(this::add);
      started.node().getInputList().forEach(this::makeCopies);
      add(opaque.read(started.node(), this));
    } catch (UnsupportedException e) {
      takeBack(nodes.subList(before, nodes.size()));
      tail.add(node, reason);
    }
  }

  private void takeBack(List<Node> last) {
    for (Node node : last) {
      node.outputs().forEach(types::remove);
      node.outputs().forEach(producers::remove);
    }
    last.clear();
  }

  /** Adds what makes a value that is the same for all images, once something reads it. */
  private void makeCopies(String value) {
    ImageCopies.Copy copy = types.containsKey(value) ? null : copies.of(value);
    if (copy != null) {
      copies.made(value, copy).forEach(this::add);
    }
  }

  /** What lies between the graph and what it could not hold anyway needs no reason of its own. */
  private void carry(NodeProto node) {
    if (carried.before() == null || node.getOutputList().stream().anyMatch(outputNames::contains)) {
      tail.add(node, "gives what has not one row an image, so that it cannot be run in batches");
    } else {
      tail.carry(node);
    }
  }

  private void add(Node node) {
    for (String input : node.inputs()) {
      makeCopies(input);
      if (!input.isEmpty() && !types.containsKey(input)) {
        types.put(input, constantRead(input).tensorType());
      }
    }
    ShapeInference.infer(node, types, constants.all());
    trial.check(node);
    nodes.add(node);
    for (String output : node.outputs()) {
      producers.put(output, node);
      budget.value(type(output).shape());
    }
    leaveToRuns(node);
  }

  /** Arrays of constants alone are counted though a run makes them. */
  private void leaveToRuns(Node node) {
    boolean known =
        node.inputs().stream()
            .allMatch(input -> constants.contains(input) || ofConstants.contains(input));
    if (known) {
      List<TensorType> given = node.outputs().stream().map(this::type).toList();
      folding.leave(node, ShapeInference.operands(node, types, constants.all()), given);
      ofConstants.addAll(node.outputs());
    }
  }

  /** A constant that a node reads. */
  private Constant constantRead(String value) {
    Constant constant = constant(value);
    if (constant == null && (extents.shape(value) != null || tables.contains(value))) {
      throw new UnsupportedException("input '" + value + "', extents that a run computes");
    }
    if (constant == null) {
      throw unknown(value);
    }
    return constant;
  }

  private static InvalidInputException unknown(String value) {
    return new InvalidInputException("reads '" + value + "', which nothing before it gives");
  }

  private Graph whole() {
    List<Value> outputs = model.getGraph().getOutputList().stream().map(this::output).toList();
    return builder().inputs(inputs).outputs(outputs).build();
  }

  private Graph.Builder builder() {
    Graph.Builder graph = Graph.builder(model.getGraph().getName()).nodes(nodes);
    constants.all().forEach(graph::constant);
    return graph.metadata(metadata);
  }

  private Value output(ValueInfoProto output) {
    return ValueTypes.hasShape(output)
        ? ValueTypes.read(output)
        : new Value(output.getName(), type(output.getName()), output.getDocString());
  }

  /** The graph without its tail; what that reads is among its outputs. */
  private Graph part() {
    Map<String, TensorType> given = new LinkedHashMap<>();
    inputs.forEach(input -> given.put(input.name(), input.type()));
    nodes.forEach(node -> node.outputs().forEach(output -> given.put(output, type(output))));
    OnnxTail rest = tail.finish(model, protos, given.keySet(), constants.all());
    Map<String, Value> outputs = new LinkedHashMap<>();
    for (ValueInfoProto output : model.getGraph().getOutputList()) {
      if (given.containsKey(output.getName())) {
        outputs.put(output.getName(), output(output));
      }
    }
    Set<String> read = new HashSet<>();
    nodes.forEach(node -> read.addAll(node.inputs()));
    Set<String> fed = inputs.stream().map(Value::name).collect(Collectors.toSet());
    for (String value : rest.reads()) {
      if (!fed.contains(value)) {
        outputs.putIfAbsent(value, new Value(value, type(value)));
      }
    }
    List<Value> needed = inputs.stream().filter(input -> read.contains(input.name())).toList();
    return builder().inputs(needed).outputs(List.copyOf(outputs.values())).tail(rest).build();
  }

  @Override
  public Map<String, Long> opsets() {
    return metadata.opsets();
  }

  @Override
  public Map<String, TensorType> openTypes() {
    return OpenBatch.types(builder().inputs(inputs).build(), Trial.images());
  }

  @Override
  public long opset() {
    return metadata.opset();
  }

  @Override
  public boolean isUsed(String value) {
    return readers.containsKey(value);
  }

  @Override
  public boolean isReadBy(String value, String type) {
    return Set.of(type).equals(readers.get(value));
  }

  @Override
  public @Nullable Constant constant(String value) {
    return constants.get(value);
  }

  @Override
  public Constant constant(TensorProto tensor) {
    return tensors.read(tensor);
  }

  @Override
  public @Nullable List<Long> target(String value, String input) {
    List<Extent> list = list(value);
    return list == null ? null : targets.reshape(list, value, input);
  }

  @Override
  public boolean isShape(String value, String of) {
    List<Extent> list = list(value);
    return list != null && targets.isShape(list, of);
  }

  @Override
  public NodeReader.@Nullable Sizes sizes(String value, String input) {
    List<Extent> list = list(value);
    return list == null ? null : targets.resize(list, input);
  }

  /** Whether a value is extents, some of which only a run knows. */
  private boolean isOpen(String value) {
    return extents.list(value) != null;
  }

  private @Nullable List<Extent> list(String value) {
    return tables.contains(value) ? tables.elements(value) : extents.elements(value);
  }

  /** The input whose first axis is the batch, empty if there is none. */
  private String image() {
    return inputs.isEmpty() ? "" : inputs.get(0).name();
  }

  @Override
  public Shape shape(String value) {
    Shape computed = extents.shape(value);
    Shape rows = computed == null ? tables.shape(value) : computed;
    Shape known = rows == null ? copies.shape(value) : rows;
    return known == null ? type(value).shape() : known;
  }

  private TensorType type(String value) {
    TensorType type = types.get(value);
    if (type != null) {
      return type;
    }
    Constant constant = constant(value);
    if (constant == null) {
      throw unknown(value);
    }
    return constant.tensorType();
  }
}
