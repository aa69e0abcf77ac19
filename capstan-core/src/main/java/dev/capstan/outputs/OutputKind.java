package dev.capstan.outputs;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.outputs.judged.JudgedOutput;
import dev.capstan.outputs.judged.JudgedOutputs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the outputs of a network are. */
public enum OutputKind {
  /** Logits or probabilities: one output, of shape N x classes. */
  CLASSES,
  /** Numbers that stand for themselves: an embedding, a map of pixels, coordinates. */
  VALUES;

  /** Where a model's metadata says it: an embedding has the shape of logits. */
  private static final String PROPERTY = "capstan.outputs";

  /** What keeps or looks for the largest of some scores, and what only asks for their extents. */
  private static final Set<String> CHOOSING =
      Set.of("ArgMax", "TopK", "Softmax", "LogSoftmax", "Hardmax", "ZipMap", "Shape");

  /**
   * What a network's metadata says, else CLASSES wherever the shape allows it and what comes after
   * the network only chooses among them: what else a tail makes of N x C numbers, nobody knows.
   */
  public static OutputKind of(Graph graph) {
    String said = graph.metadata().properties().get(PROPERTY);
    if (VALUES.word().equals(said) || !mayBeClasses(graph)) {
      return VALUES;
    }
    return CLASSES.word().equals(said) || chooses(graph) ? CLASSES : VALUES;
  }

  /**
   * What tells that a network whose output has the shape of classes gives an embedding, in words:
   * the output's name, or how the network ends. Empty where nothing does, or where metadata says
   * that they are classes. Folding BatchNorm may hide it: asked of a network as it was read.
   */
  public static Optional<String> embedding(Graph graph) {
    boolean said = CLASSES.word().equals(graph.metadata().properties().get(PROPERTY));
    return said || !mayBeClasses(graph) || !chooses(graph)
        ? Optional.empty()
        : Embedding.why(graph, JudgedOutputs.of(graph).get(0).name());
  }

  private static boolean mayBeClasses(Graph graph) {
    List<JudgedOutput> judged = JudgedOutputs.of(graph);
    if (judged.size() != 1) {
      return false;
    }
    TensorType type = ShapeInference.of(graph).get(judged.get(0).name());
    return type != null && type.shape().rank() == 2;
  }

  private static boolean chooses(Graph graph) {
    String output = JudgedOutputs.of(graph).get(0).name();
    return graph.tail().stream()
        .flatMap(tail -> tail.readers(output).stream())
        .allMatch(node -> CHOOSING.contains(node.type()));
  }

  /**
   * The network with this said in its metadata, where what is made of it keeps it.
   *
   * @throws InvalidInputException if its outputs cannot be classes
   */
  public Graph mark(Graph graph) {
    if (this == CLASSES && !mayBeClasses(graph)) {
      throw new InvalidInputException(
          "expected one output of shape N x classes, found "
              + graph.outputs().stream().map(Value::name).toList()
              + ": its outputs are values");
    }
    Map<String, String> properties = new LinkedHashMap<>(graph.metadata().properties());
    properties.put(PROPERTY, word());
    return graph.edit().metadata(graph.metadata().withProperties(properties)).build();
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
