package dev.capstan.outputs;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the outputs of a network are. */
public enum OutputKind {
  /** Logits or probabilities: one output, of shape N x classes. */
  CLASSES,
  /** Numbers that stand for themselves: an embedding, a map of pixels, coordinates. */
  VALUES;

  /** Where a model's metadata says it: no shape tells an embedding from logits. */
  private static final String PROPERTY = "capstan.outputs";

  /**
   * What a network's metadata says, else CLASSES wherever the shape allows it and what comes after
   * the network only chooses among them: what else a tail makes of N x C numbers, nobody knows.
   */
  public static OutputKind of(Graph graph) {
    String said = graph.metadata().properties().get(PROPERTY);
    if (VALUES.word().equals(said) || !mayBeClasses(graph)) {
      return VALUES;
    }
    String output = graph.outputs().get(0).name();
    boolean chosen = graph.tail().map(tail -> tail.choosesFrom(output)).orElse(true);
    return chosen || CLASSES.word().equals(said) ? CLASSES : VALUES;
  }

  private static boolean mayBeClasses(Graph graph) {
    if (graph.outputs().size() != 1) {
      return false;
    }
    TensorType type = ShapeInference.of(graph).get(graph.outputs().get(0).name());
    return type != null && type.shape().rank() == 2;
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
