package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.op.DeformConv;
import dev.capstan.graph.op.GridSample;
import dev.capstan.graph.op.GridSample.Mode;
import dev.capstan.graph.op.GridSample.Outside;
import dev.capstan.graph.op.Window;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** What is read at places that a run computes. These are of float32 in any precision. */
final class Sampling {
  private Sampling() {}

  static Tensor grid(GridSample sample, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = Kernels.operand(inputs, 0);
    Tensor grid = Kernels.operand(inputs, 1);
    long images = Math.max(x.size(0), grid.size(0));
    Tensor all = sampled(sample, repeated(x, images), repeated(grid, images));
    return Tensors.channelsLast(all.to(x.scalar_type()));
  }

  private static Tensor sampled(GridSample sample, Tensor x, Tensor grid) {
    return torch.grid_sampler(
        x.to(ScalarType.Float),
        grid.to(ScalarType.Float),
        sample.mode().ordinal(),
        sample.outside().ordinal(),
        sample.alignCorners());
  }

  /** The same for all images, where there is one. */
  private static Tensor repeated(Tensor x, long images) {
    if (x.size(0) == images) {
      return x;
    }
    long[] sizes = x.shape();
    sizes[0] = images;
    return x.expand(sizes);
  }

  /** Each tap is a grid; what all of them read is multiplied by the weights. */
  static Tensor deformed(DeformConv conv, @Nullable Tensor[] inputs, Precision precision) {
    Tensor x = Kernels.operand(inputs, 0);
    Tensor weights = precision.operand(Kernels.operand(inputs, 1));
    Tensor offsets = Kernels.operand(inputs, 2);
    long[] plane = {offsets.size(2), offsets.size(3)};
    Tensor taps = precision.operand(taps(conv, x, offsets, operandOrNull(inputs, 4)));
    long rows = weights.size(0) / conv.groups();
    long columns = taps.size(1) / conv.groups();
    Tensor product =
        torch.matmul(
            weights.reshape(conv.groups(), rows, columns),
            taps.reshape(x.size(0), conv.groups(), columns, plane[0] * plane[1]));
    Tensor sum = product.reshape(x.size(0), weights.size(0), plane[0], plane[1]);
    Tensor bias = operandOrNull(inputs, 3);
    Tensor shifted =
        bias == null ? sum : torch.add(sum, precision.operand(bias).reshape(1, bias.size(0), 1, 1));
    return Tensors.channelsLast(shifted);
  }

  private static @Nullable Tensor operandOrNull(@Nullable Tensor[] inputs, int index) {
    return index < inputs.length ? inputs[index] : null;
  }

  /** N x C*k*l x H'*W': what the taps read of each channel. */
  private static Tensor taps(DeformConv conv, Tensor x, Tensor offsets, @Nullable Tensor mask) {
    long runs = x.size(0) * conv.offsetGroups();
    long each = x.size(1) / conv.offsetGroups();
    long taps = conv.window().taps();
    long[] plane = {offsets.size(2), offsets.size(3)};
    Tensor grid = places(conv.window(), x, offsets.reshape(runs, taps, 2, plane[0], plane[1]));
    Tensor read =
        sampled(
            new GridSample(Mode.LINEAR, Outside.ZEROS, false),
            x.reshape(runs, each, x.size(2), x.size(3)),
            grid.reshape(runs, taps * plane[0], plane[1], 2));
    if (mask != null) {
      read = read.mul(mask.reshape(runs, 1, taps * plane[0], plane[1]));
    }
    return read.reshape(x.size(0), x.size(1) * taps, plane[0] * plane[1]);
  }

  /** N*G x k*l x H' x W' x 2: where taps lie, -1 and 1 being the edges of x. */
  private static Tensor places(Window window, Tensor x, Tensor offsets) {
    List<Integer> pads = window.pads(new long[] {x.size(2), x.size(3)});
    Tensor[] axes = new Tensor[2];
    for (int axis = 0; axis < 2; axis++) {
      Tensor place = offsets.select(2, axis).to(ScalarType.Float);
      Tensor from = start(window, axis, pads.get(axis), offsets.size(3 + axis));
      double size = x.size(2 + axis);
      Tensor centre = torch.add(place, from).add(new Scalar(0.5));
      // A plane's grid names the last axis first.
      axes[1 - axis] = centre.mul(new Scalar(2 / size)).sub(new Scalar(1.0));
    }
    return torch.stack(new TensorVector(axes), -1);
  }

  /** k*l x H' x 1, or k*l x 1 x W': where taps would lie along an axis without offsets. */
  private static Tensor start(Window window, int axis, int pad, long extent) {
    int taps = window.taps();
    float[] values = new float[Math.toIntExact(taps * extent)];
    int width = window.kernel().get(1);
    for (int tap = 0; tap < taps; tap++) {
      int step = axis == 0 ? tap / width : tap % width;
      for (int i = 0; i < extent; i++) {
        values[(int) (tap * extent) + i] =
            i * window.strides().get(axis) - pad + step * window.dilations().get(axis);
      }
    }
    long[] sizes = axis == 0 ? new long[] {taps, extent, 1} : new long[] {taps, 1, extent};
    return Tensors.of(values, sizes);
  }
}
