package dev.capstan.rewrite;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import java.util.List;

/**
 * Says how large images are where a model takes any size: without that nobody knows what it costs.
 * {@link OpenBatch#restore} leaves it open again.
 */
public final class ImageExtents {
  private ImageExtents() {}

  /**
   * The same network for images of one size; the graph itself if it leaves none open.
   *
   * @param axis of the images' height; the width comes after it
   */
  public static Graph apply(Graph graph, int axis, int height, int width) {
    List<Value> sized =
        graph.inputs().stream().map(value -> sized(value, axis, height, width)).toList();
    return sized.equals(graph.inputs()) ? graph : graph.edit().inputs(sized).build();
  }

  private static Value sized(Value value, int axis, int height, int width) {
    Shape shape = value.type().shape();
    if (shape.rank() != 4) {
      return value;
    }
    Shape sized = sized(sized(shape, axis, height), axis + 1, width);
    return new Value(value.name(), value.type().with(sized), value.doc());
  }

  private static Shape sized(Shape shape, int axis, int extent) {
    return shape.dims().get(axis).isKnown() ? shape : shape.with(axis, Dim.of(extent));
  }
}
