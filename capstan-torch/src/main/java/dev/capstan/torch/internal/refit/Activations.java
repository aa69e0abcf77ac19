package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Activation;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Cast;
import dev.capstan.graph.op.Dropout;
import dev.capstan.graph.op.Identity;

/** Where activations stand. */
final class Activations {
  private Activations() {}

  /** Whether an activation reads a value, itself or by way of what is affine in each channel. */
  static boolean read(Graph graph, String value) {
    return graph.readers(value).stream()
        .anyMatch(
            reader ->
                isAffine(reader.operator())
                    ? read(graph, reader.output())
                    : reader.operator() instanceof Activation);
  }

  private static boolean isAffine(Operator operator) {
    return operator instanceof BatchNormalization
        || operator instanceof Cast
        || operator instanceof Dropout
        || operator instanceof Identity;
  }
}
