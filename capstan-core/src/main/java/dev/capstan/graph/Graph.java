package dev.capstan.graph;

import dev.capstan.error.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network: nodes in topological order over named values. Immutable; a change gives a new graph
 * ({@link #edit}), which shares the constants' bytes with this one.
 *
 * <p>It holds that node names are unique, each value is given once, and whatever a node reads was
 * given before it: by a graph input, a constant or an earlier node.
 */
public final class Graph {
  private final String name;
  private final List<Value> inputs;
  private final List<Value> outputs;
  private final List<Node> nodes;
  private final Map<String, Constant> constants;
  private final Metadata metadata;
  private final @Nullable Tail tail;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, List<Node>> readers = new HashMap<>();
  private final Map<String, Node> byName = new HashMap<>();

  /**
   * Makes a graph and checks it.
   *
   * @param constants by name, in the order they are written
   * @throws InvalidInputException if what holds of a graph does not hold
   */
  private Graph(
      String name,
      List<Value> inputs,
      List<Value> outputs,
      List<Node> nodes,
      Map<String, Constant> constants,
      Metadata metadata,
      @Nullable Tail tail) {
    this.name = name;
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.nodes = List.copyOf(nodes);
    this.constants = Ordered.copy(constants);
    this.metadata = metadata;
    this.tail = tail;
    index();
  }

  private void index() {
    Set<String> given = new HashSet<>(constants.keySet());
    inputs.forEach(input -> give(given, input.name(), "graph input"));
    for (Node node : nodes) {
      if (byName.put(node.name(), node) != null) {
        throw new InvalidInputException("two nodes are named '" + node.name() + "'");
      }
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !given.contains(input)) {
          throw new InvalidInputException(
              "node '%s' reads '%s', which nothing before it gives".formatted(node.name(), input));
        }
        List<Node> list = readers.computeIfAbsent(input, key -> new ArrayList<>());
        if (list.isEmpty() || !list.get(list.size() - 1).equals(node)) {
          list.add(node);
        }
      }
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          give(given, output, "node '" + node.name() + "'");
          producers.put(output, node);
        }
      }
    }
    for (Value output : outputs) {
      if (!given.contains(output.name())) {
        throw new InvalidInputException("nothing gives the graph output '" + output.name() + "'");
      }
    }
  }

  private static void give(Set<String> given, String value, String giver) {
    if (!given.add(value)) {
      throw new InvalidInputException(giver + " gives '" + value + "', which is given already");
    }
  }

  /** The graph's name. */
  public String name() {
    return name;
  }

  /** What a run is given. */
  public List<Value> inputs() {
    return inputs;
  }

  /** What a run gives. */
  public List<Value> outputs() {
    return outputs;
  }

  /** The nodes, each after those it reads from. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The constants by name, in the order they are written. */
  public Map<String, Constant> constants() {
    return constants;
  }

  /** What the model file says beside the graph. */
  public Metadata metadata() {
    return metadata;
  }

  /** What comes after this graph in its model file, if anything does. */
  public Optional<Tail> tail() {
    return Optional.ofNullable(tail);
  }

  /** The node of this name. */
  public Node node(String nodeName) {
    Node node = byName.get(nodeName);
    if (node == null) {
      throw new InvalidInputException("no node is named '" + nodeName + "'");
    }
    return node;
  }

  /** The constant a name stands for, or null if it is no constant. */
  public @Nullable Constant constant(String value) {
    return constants.get(value);
  }

  /** The node that gives a value, or null for graph inputs and constants. */
  public @Nullable Node producer(String value) {
    return producers.get(value);
  }

  /** The nodes that read a value, each once, in order. */
  public List<Node> readers(String value) {
    return readers.getOrDefault(value, List.of());
  }

  /** Whether a run gives this value to the outside. */
  public boolean isOutput(String value) {
    return outputs.stream().anyMatch(output -> output.name().equals(value));
  }

  /** Whether a run gives this value to the outside, or the graph's tail reads it. */
  public boolean isReadOutside(String value) {
    return isOutput(value) || (tail != null && tail.constants().containsKey(value));
  }

  /** The only node that reads a value, or null if there are others or a run gives it out. */
  public @Nullable Node soleReader(String value) {
    List<Node> all = readers(value);
    return all.size() == 1 && !isOutput(value) ? all.get(0) : null;
  }

  /** A change of this graph. */
  public Builder edit() {
    return new Builder(this);
  }

  /** An empty graph to add to. */
  public static Builder builder(String name) {
    return new Builder(
        new Graph(name, List.of(), List.of(), List.of(), Map.of(), Metadata.ofCapstan(), null));
  }

  /** One line a value, node and constant: what golden dumps compare. */
  @Override
  public String toString() {
    return GraphText.of(this);
  }

  /** Collects the parts of a graph. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final List<Value> inputs;
    private final List<Value> outputs;
    private final List<Node> nodes;
    private final Map<String, Constant> constants;
    private Metadata metadata;
    private @Nullable Tail tail;

    private Builder(Graph graph) {
      name = graph.name;
      inputs = new ArrayList<>(graph.inputs);
      outputs = new ArrayList<>(graph.outputs);
      nodes = new ArrayList<>(graph.nodes);
      constants = new LinkedHashMap<>(graph.constants);
      metadata = graph.metadata;
      tail = graph.tail;
    }

    /** Adds a graph input. */
    public Builder input(String value, TensorType type) {
      inputs.add(new Value(value, type));
      return this;
    }

    /** Adds a graph output. */
    public Builder output(String value, TensorType type) {
      outputs.add(new Value(value, type));
      return this;
    }

    /** Replaces all graph inputs. */
    public Builder inputs(List<Value> others) {
      inputs.clear();
      inputs.addAll(others);
      return this;
    }

    /** Replaces all graph outputs. */
    public Builder outputs(List<Value> others) {
      outputs.clear();
      outputs.addAll(others);
      return this;
    }

    /** Replaces all nodes. */
    public Builder nodes(List<Node> others) {
      nodes.clear();
      nodes.addAll(others);
      return this;
    }

    /** Adds a node. */
    public Builder node(Node node) {
      nodes.add(node);
      return this;
    }

    /** Adds a node named after its one output. */
    public Builder node(Operator operator, String output, String... from) {
      return node(new Node(output, operator, List.of(from), List.of(output)));
    }

    /** Adds or replaces a constant. */
    public Builder constant(String value, Constant constant) {
      constants.put(value, constant);
      return this;
    }

    /** Replaces what stands beside the graph. */
    public Builder metadata(Metadata other) {
      metadata = other;
      return this;
    }

    /** Replaces what comes after the graph; null for nothing. */
    public Builder tail(@Nullable Tail other) {
      tail = other;
      return this;
    }

    /** The graph, without the constants that nothing reads. */
    public Graph build() {
      Set<String> read = new HashSet<>();
      nodes.forEach(node -> read.addAll(node.inputs()));
      outputs.forEach(output -> read.add(output.name()));
      Map<String, Constant> kept = new LinkedHashMap<>(constants);
      kept.keySet().retainAll(read);
      return new Graph(name, inputs, outputs, nodes, kept, metadata, tail);
    }
  }
}
