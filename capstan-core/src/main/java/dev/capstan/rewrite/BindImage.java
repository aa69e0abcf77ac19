package dev.capstan.rewrite;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import java.util.List;

/** Fixes the size of the images that a network of one input is shown. */
public final class BindImage {
  private BindImage() {}

  /**
   * The network with every open axis of its input but the first fixed; the graph itself if there is
   * none.
   *
   * @param sizes an extent for each axis of the input
   */
  public static Graph apply(Graph graph, long... sizes) {
    Value input = graph.inputs().get(0);
    Shape shape = input.type().shape();
    Shape bound = shape;
    for (int axis = 1; axis < shape.rank(); axis++) {
      if (!shape.dims().get(axis).isKnown()) {
        bound = bound.with(axis, Dim.of(sizes[axis]));
      }
    }
    return bound.equals(shape)
        ? graph
        : graph
            .edit()
            .inputs(List.of(new Value(input.name(), input.type().with(bound), input.doc())))
            .build();
  }
}
