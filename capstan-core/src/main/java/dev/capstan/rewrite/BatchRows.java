package dev.capstan.rewrite;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.DeformConv;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.Reshape;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which values of a graph have one row an image: a first axis that is the batch. Only such values
 * can be told apart by images, so a network that is run in batches can give nothing else.
 */
public final class BatchRows {
  /** A name that no model uses. */
  private static final Dim BATCH = Dim.open("batch of images");

  /** Those that apply one kernel to all images. */
  private static final Set<Class<?>> LAYERS =
      Set.of(Conv.class, ConvTranspose.class, DeformConv.class, Gemm.class);

  private final Graph graph;
  private final Map<String, TensorType> fixed;
  private final Map<String, TensorType> open;

  private BatchRows(Graph graph) {
    this.graph = graph;
    this.fixed = ShapeInference.of(graph);
    this.open = ShapeInference.of(OpenBatch.opened(graph, BATCH));
  }

  /** What becomes of a graph's values where its batch, fixed or not, is another. */
  static BatchRows of(Graph graph) {
    return new BatchRows(graph);
  }

  /**
   * The nodes without which a graph gives nothing but rows: those that lose the batch of an output,
   * from the first one on, and all that reads what they give. What is computed of constants alone,
   * and given, has no rows either. Layers whose kernels are made of images are for one image alone.
   *
   * @return their names; none for most graphs
   */
  public static Set<String> losing(Graph graph) {
    return graph.inputs().isEmpty() ? Set.of() : new BatchRows(graph).losing();
  }

  private Set<String> losing() {
    Set<String> lost = new LinkedHashSet<>();
    for (boolean grown = true; grown; ) {
      grown = false;
      for (String value : given(lost)) {
        Node producer = graph.producer(value);
        grown |= producer != null && !isRow(value) && lost.add(producer.name());
      }
      for (Node node : graph.nodes()) {
        grown |= (reads(node, lost) || isMadeOfImages(node)) && lost.add(node.name());
      }
    }
    return lost;
  }

  private boolean reads(Node node, Set<String> lost) {
    return node.inputs().stream()
        .map(graph::producer)
        .anyMatch(producer -> producer != null && lost.contains(producer.name()));
  }

  /** Whether a layer's kernel grows with the batch, as those of dynamic convolutions do. */
  private boolean isMadeOfImages(Node node) {
    if (!LAYERS.contains(node.operator().getClass())) {
      return false;
    }
    String kernel = node.inputs().get(1);
    return shape(fixed, kernel).isKnown() && !shape(open, kernel).isKnown();
  }

  /** What the rest gives: outputs, and what the lost nodes read. */
  private Set<String> given(Set<String> lost) {
    Set<String> given = new LinkedHashSet<>();
    graph.outputs().stream().map(Value::name).forEach(given::add);
    for (Node node : graph.nodes()) {
      if (lost.contains(node.name())) {
        given.addAll(node.inputs());
      }
    }
    Set<String> theirs = new HashSet<>();
    lost.forEach(name -> theirs.addAll(graph.node(name).outputs()));
    given.removeIf(theirs::contains);
    return given;
  }

  /** Whether a value has one row an image, as far as shapes tell. */
  boolean isRow(String value) {
    Dim first = first(open, value);
    Dim before = first(fixed, value);
    if (first.isKnown() || !first.symbol().isEmpty()) {
      return first.equals(BATCH);
    }
    if (OpenBatch.batchAxis(shape(fixed, value), shape(open, value)) > 0 || hasJoined(value)) {
      return false; // a sequence comes first, and the images after it
    }
    // Nothing tells how many rows there are now; there were as many as images.
    return !before.isKnown() || before.equals(first(fixed, graph.inputs().get(0).name()));
  }

  /** Whether a value is made of another shape in which images lay along an inner axis. */
  private boolean hasJoined(String value) {
    Node producer = graph.producer(value);
    return producer != null
        && producer.operator() instanceof Reshape
        && !isRow(producer.inputs().get(0));
  }

  /** Extent of the first axis; a scalar has one row whatever the batch. */
  private static Dim first(Map<String, TensorType> types, String value) {
    Shape shape = shape(types, value);
    return shape.rank() == 0 ? Dim.of(1) : shape.dims().get(0);
  }

  private static Shape shape(Map<String, TensorType> types, String value) {
    TensorType type = types.get(value);
    return type == null ? Shape.of() : type.shape();
  }
}
