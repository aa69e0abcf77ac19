package dev.capstan.learn;

import dev.capstan.engine.Tensors;
import dev.capstan.graph.Constant;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/** Sums of squares, channel by channel. */
final class Moments {
  private Moments() {}

  /** Sum of squares over all axes but 1; activations are N x C or N x C x D.... */
  static double[] ofChannels(Tensor activations) {
    try (PointerScope scope = new PointerScope()) {
      long[] others = LongStream.range(0, activations.dim()).filter(axis -> axis != 1).toArray();
      Tensor sums = activations.square().sum(others, false, new ScalarTypeOptional());
      float[] values = Tensors.floats(sums);
      double[] wide = new double[values.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = values[i];
      }
      return wide;
    }
  }

  /** Sum of squares of a constant over all axes but one. */
  static double[] alongAxis(Constant constant, int axis) {
    float[] values = constant.floats();
    int inner = 1;
    for (int i = axis + 1; i < constant.rank(); i++) {
      inner *= constant.size(i);
    }
    double[] sums = new double[constant.size(axis)];
    for (int i = 0; i < values.length; i++) {
      sums[i / inner % sums.length] += (double) values[i] * values[i];
    }
    return sums;
  }

  /** The same over all axes but 1, apart for each of {@code groups} equal runs of axis 0. */
  static double[] inGroups(Constant constant, int groups) {
    float[] values = constant.floats();
    int width = constant.size(1);
    int inner = values.length / constant.size(0) / width;
    int group = values.length / groups;
    double[] sums = new double[groups * width];
    for (int i = 0; i < values.length; i++) {
      sums[i / group * width + i / inner % width] += (double) values[i] * values[i];
    }
    return sums;
  }
}
