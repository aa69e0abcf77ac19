package dev.capstan.graph;

import dev.capstan.error.InvalidInputException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of a node's inputs before a run. */
public final class Operands {
  private final Node node;
  private final List<@Nullable TensorType> types;
  private final List<@Nullable Constant> constants;

  Operands(Node node, List<@Nullable TensorType> types, List<@Nullable Constant> constants) {
    this.node = node;
    this.types = types;
    this.constants = constants;
  }

  /** What is known where the shapes of all inputs are, of a node that stands alone. */
  public static Operands of(Node node, List<Shape> shapes) {
    return new Operands(
        node,
        shapes.stream().map(shape -> new TensorType(DataType.FLOAT32, shape)).toList(),
        List.of());
  }

  /** Number of inputs, those left out counted. */
  public int count() {
    return types.size();
  }

  /** Number of outputs the node names, those left out counted. */
  public int outputs() {
    return node.outputs().size();
  }

  /** Whether input {@code index} is there. */
  public boolean has(int index) {
    return node.hasInput(index);
  }

  /** Type of input {@code index}. */
  public TensorType type(int index) {
    TensorType type = index < types.size() ? types.get(index) : null;
    if (type == null) {
      throw error("input " + index + " is missing");
    }
    return type;
  }

  /** Shape of input {@code index}. */
  public Shape shape(int index) {
    return type(index).shape();
  }

  /** The constant at input {@code index}, or null if a run gives it. */
  public @Nullable Constant constant(int index) {
    return index < constants.size() ? constants.get(index) : null;
  }

  /**
   * Checks that elements of the inputs are of one type.
   *
   * @throws InvalidInputException if not
   */
  public void expectOneType() {
    for (int i = 1; i < node.inputs().size(); i++) {
      if (node.hasInput(i) && type(i).type() != type(0).type()) {
        throw error(
            "expected input %d of type %s as input 0, found %s"
                .formatted(i, type(0).type(), type(i).type()));
      }
    }
  }

  /** An error that names the node. */
  public InvalidInputException error(String message) {
    return new InvalidInputException(place() + message);
  }

  private String place() {
    return "node '" + node.name() + "' (" + node.operator().type() + "): ";
  }

  /** The error, made to name the node where it comes from a class that does not know it. */
  InvalidInputException located(InvalidInputException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith(place()) ? e : new InvalidInputException(place() + message, e);
  }

  /** Fails where input {@code index} has not {@code rank} axes. */
  public Shape shapeOfRank(int index, int rank) {
    Shape shape = shape(index);
    if (shape.rank() != rank) {
      throw error(
          "expected input %d to have %d axes, found shape %s".formatted(index, rank, shape));
    }
    return shape;
  }
}
