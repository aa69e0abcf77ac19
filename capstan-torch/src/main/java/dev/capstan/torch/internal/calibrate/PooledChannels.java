package dev.capstan.torch.internal.calibrate;

import static java.util.Objects.requireNonNull;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.AveragePool;
import dev.capstan.graph.op.Dropout;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.ReduceMean;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Squeeze;
import dev.capstan.space.ChannelSpaces;
import java.util.Map;
import java.util.Objects;

/**
 * Where channels that were averaged over an image still have their places: there each image says
 * something of them many times, behind the average only once.
 */
final class PooledChannels {
  private final ChannelSpaces spaces;
  private final Graph graph;
  private final Map<String, TensorType> types;

  PooledChannels(ChannelSpaces spaces) {
    this.spaces = spaces;
    this.graph = spaces.graph();
    this.types = ShapeInference.of(graph);
  }

  /** The last value of the same channels with more than one place an image; else the value. */
  String source(String value) {
    String at = value;
    while (places(at) == 1) {
      Node producer = graph.producer(at);
      boolean same = producer != null && averages(producer.operator());
      at = same ? requireNonNull(producer).inputs().get(0) : value;
      if (at.equals(value) || !Objects.equals(spaces.layout(at), spaces.layout(value))) {
        return value;
      }
    }
    return at;
  }

  /** Of an image; a number other than 1 where that is not known. */
  private long places(String value) {
    TensorType type = types.get(value);
    Shape shape = type == null ? null : type.shape();
    return shape == null ? 0 : shape.elements(2, Math.max(2, shape.rank()));
  }

  private static boolean averages(Operator operator) {
    return operator instanceof GlobalAveragePool
        || operator instanceof AveragePool
        || operator instanceof ReduceMean
        || operator instanceof Reshape
        || operator instanceof Flatten
        || operator instanceof Squeeze
        || operator instanceof Dropout
        || operator instanceof Identity;
  }
}
