package dev.capstan.rewrite;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import java.util.ArrayList;
import java.util.List;

/** Fixes the size of the images that a network is shown. */
public final class BindImage {
  private BindImage() {}

  /**
   * The network with every open axis of its inputs but the first fixed; the graph itself if there
   * is none.
   *
   * @param rows shape of what one image gives each input, in order: without the batch
   * @throws InvalidInputException if the network has other inputs
   */
  public static Graph apply(Graph graph, List<Shape> rows) {
    if (graph.inputs().size() != rows.size()) {
      throw new InvalidInputException(
          "expected a network of %d inputs, found %s"
              .formatted(rows.size(), graph.inputs().stream().map(Value::name).toList()));
    }
    List<Value> bound = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      bound.add(bound(graph.inputs().get(i), rows.get(i)));
    }
    return bound.equals(graph.inputs()) ? graph : graph.edit().inputs(bound).build();
  }

  private static Value bound(Value input, Shape row) {
    Shape shape = input.type().shape();
    if (shape.rank() != row.rank() + 1) {
      throw new InvalidInputException(
          "input '%s': expected %d axes, found shape %s"
              .formatted(input.name(), row.rank() + 1, shape));
    }
    for (int axis = 1; axis < shape.rank(); axis++) {
      if (!shape.dims().get(axis).isKnown()) {
        shape = shape.with(axis, row.dims().get(axis - 1));
      }
    }
    return new Value(input.name(), input.type().with(shape), input.doc());
  }
}
