package dev.capstan.torch.internal.train;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value, N x channels x H x W, that two networks both have, as a map of as many pixels.
 *
 * @param channels r of the student
 * @param targetChannels n of the teacher
 */
record FeatureMap(String value, long channels, long targetChannels) {
  /** The last one in the teacher's order, null if there is none. */
  static @Nullable FeatureMap last(Graph student, Graph teacher) {
    Map<String, TensorType> own = ShapeInference.of(student);
    Map<String, TensorType> theirs = ShapeInference.of(teacher);
    FeatureMap last = null;
    for (Node node : teacher.nodes()) {
      for (String output : node.outputs()) {
        // A name may also be that of a constant.
        FeatureMap map =
            student.producer(output) == null
                ? null
                : of(output, own.get(output), theirs.get(output));
        last = map == null ? last : map;
      }
    }
    return last;
  }

  private static @Nullable FeatureMap of(
      String value, @Nullable TensorType own, @Nullable TensorType theirs) {
    if (own == null || theirs == null || own.shape().rank() != 4 || theirs.shape().rank() != 4) {
      return null;
    }
    Shape one = own.shape();
    Shape other = theirs.shape();
    boolean alike = one.size(2) == other.size(2) && one.size(3) == other.size(3);
    return alike && isMap(one) && isMap(other)
        ? new FeatureMap(value, one.size(1), other.size(1))
        : null;
  }

  /** What is pooled has one pixel, whichever axis its channels were moved to. */
  private static boolean isMap(Shape shape) {
    return shape.size(1) > 0 && shape.size(2) > 1 && shape.size(3) > 1;
  }

  /** One of the networks with this value as one more output, the last one. */
  Graph watched(Graph graph) {
    TensorType type = Objects.requireNonNull(ShapeInference.of(graph).get(value));
    return graph.edit().output(value, type).build();
  }
}
