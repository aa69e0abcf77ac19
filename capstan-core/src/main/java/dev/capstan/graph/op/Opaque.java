package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.ForeignModel;
import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator that nobody here knows, between others that are known: a runtime says what it gives,
 * nothing is known of its gradient, and all channels around it stay as they are.
 *
 * <p>Open extents in the types are multiples of the number of images.
 *
 * @param node the node as its file has it, by the names of its file
 * @param model the same as a model of its own; settings, constants of whole numbers, are part of it
 * @param reads type of each input, any where it is left out
 * @param gives type of each output
 */
public record Opaque(
    ForeignNode node, ForeignModel model, List<TensorType> reads, List<TensorType> gives)
    implements Operator {
  /** Copies the lists. */
  public Opaque {
    reads = List.copyOf(reads);
    gives = List.copyOf(gives);
  }

  @Override
  public String type() {
    return node.type();
  }

  /** Whether an input is given to the model in each run: it is no setting, which has it already. */
  public boolean isFed(int input) {
    return node.hasInput(input) && model.inputs().contains(node.inputs().get(input));
  }

  /** Whether a value is whole numbers or truths of a held node: such nodes alone read them. */
  public static boolean givesWhole(@Nullable Node producer, String value) {
    return producer != null
        && producer.operator() instanceof Opaque held
        && !held.gives.get(producer.outputs().indexOf(value)).type().isFloating();
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Dim images = Dim.UNKNOWN;
    for (int i = 0; i < reads.size(); i++) {
      if (operands.has(i)) {
        Dim found = images(operands, i);
        images = found == null ? images : found;
      }
    }
    Dim all = images;
    return gives.stream().map(type -> type.with(forImages(type.shape(), all))).toList();
  }

  /** The number of images by the extents of an input, null if it has none for each of them. */
  private @Nullable Dim images(Operands operands, int input) {
    Shape expected = reads.get(input).shape();
    Shape found = operands.shapeOfRank(input, expected.rank());
    Dim images = null;
    for (int axis = 0; axis < found.rank(); axis++) {
      Dim was = expected.dims().get(axis);
      if (!was.isKnown()) {
        images = found.dims().get(axis).dividedBy(was.times());
      } else if (found.size(axis) >= 0 && found.size(axis) != was.size()) {
        throw operands.error("expected input %d of %s, found %s".formatted(input, expected, found));
      }
    }
    return images;
  }

  private static Shape forImages(Shape shape, Dim images) {
    return new Shape(
        shape.dims().stream()
            .map(dim -> dim.isKnown() ? dim : images.times(Dim.of(dim.times())))
            .toList());
  }

  /** Nothing is known: all stay as they are. */
  @Override
  public void channels(ChannelFlow flow) {}

  @Override
  public String toString() {
    return "Opaque[" + node + "]";
  }
}
