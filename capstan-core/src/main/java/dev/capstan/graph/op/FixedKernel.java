package dev.capstan.graph.op;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;

/**
 * Kernels that are part of a formula, not weights: nothing has trained them, and nothing should. A
 * detector reads the mean of a distribution over 0, 1, ..., 15 by a convolution with these numbers;
 * a blur before a stride, or a bilinear enlargement, applies one filter to every channel.
 */
public final class FixedKernel {
  /** Fewer numbers are in equal steps by chance. */
  private static final int LEAST = 4;

  private FixedKernel() {}

  /** Whether a node is a convolution with such a kernel; one of zeros alone is none. */
  public static boolean of(Graph graph, Node node) {
    int groups = groups(node.operator());
    Constant kernel = groups == 0 ? null : graph.constant(node.inputs().get(1));
    if (kernel == null || !kernel.type().isFloating() || kernel.elements() < LEAST) {
      return false;
    }
    float[] values = kernel.floats();
    return isSpread(values) && (inEqualSteps(values) || (groups > 1 && isRepeated(values, groups)));
  }

  private static int groups(Operator operator) {
    return operator instanceof Conv conv
        ? conv.groups()
        : operator instanceof ConvTranspose transposed ? transposed.groups() : 0;
  }

  private static boolean isSpread(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean inEqualSteps(float[] values) {
    float step = values[1] - values[0];
    for (int i = 2; i < values.length; i++) {
      if (values[i] - values[i - 1] != step) {
        return false;
      }
    }
    return true;
  }

  /** Whether every group has the kernel of the first. */
  private static boolean isRepeated(float[] values, int groups) {
    int each = values.length / groups;
    for (int i = each; i < values.length; i++) {
      if (values[i] != values[i - each]) {
        return false;
      }
    }
    return each > 1;
  }
}
