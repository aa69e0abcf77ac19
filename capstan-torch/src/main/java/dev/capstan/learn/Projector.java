package dev.capstan.learn;

import dev.capstan.engine.ThreadedProducts;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Layout.Segment;
import dev.capstan.space.Space;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Products of weights with bases that learn: the same contraction as {@code compress} makes, in
 * tensors that autograd follows.
 */
public final class Projector {
  /** E and D of a space, n x r. */
  public record Pair(Tensor encode, Tensor decode) {
    Tensor of(Binding.Role role) {
      return role == Binding.Role.ENCODE ? encode : decode;
    }

    /** Lets go of both. */
    void close() {
      encode.close();
      if (decode != encode) {
        decode.close();
      }
    }
  }

  private final ChannelSpaces spaces;
  private final Map<String, Pair> bases;

  /** Products with these bases; spaces without one keep their channels. */
  public Projector(ChannelSpaces spaces, Map<String, Pair> bases) {
    this.spaces = spaces;
    this.bases = bases;
  }

  /** The basis of a space, null if it keeps its channels. */
  @Nullable Pair pair(String space) {
    return bases.get(space);
  }

  boolean isCompressed(Binding binding) {
    return binding.segments().stream().anyMatch(segment -> bases.containsKey(segment.space()));
  }

  /** The weights with the axes of all {@code bindings} replaced. */
  public Tensor apply(Tensor weights, List<Binding> bindings) {
    Tensor projected = weights;
    for (Binding binding : bindings) {
      projected = apply(projected, binding);
    }
    return projected;
  }

  /** The weights with the axis of {@code binding} replaced. */
  private Tensor apply(Tensor weights, Binding binding) {
    int missing = Math.max(0, -binding.axis());
    Tensor whole = weights;
    for (int i = 0; i < missing; i++) {
      whole = whole.unsqueeze(0);
    }
    int axis = Math.max(0, binding.axis());
    int width = spaces.extent(binding.segments(), Space::width);
    if (whole.size(axis) != width) {
      long[] sizes = whole.shape();
      sizes[axis] = width;
      whole = whole.expand(sizes);
    }
    if (whole.dim() == 4 && axis <= 1 && binding.segments().size() == 1) {
      return kernel(whole, axis, binding);
    }
    // The axis goes last, so that its product with an n x r matrix is one matrix product.
    return product(whole.transpose(axis, -1), binding).transpose(axis, -1);
  }

  /**
   * A kernel with its channels innermost is a matrix from either side: its rows are those of axis
   * 0, its columns those of axis 1.
   */
  private Tensor kernel(Tensor weights, int axis, Binding binding) {
    Pair pair = bases.get(binding.segments().get(0).space());
    if (pair == null) {
      return weights;
    }
    Tensor matrix = pair.of(binding.role());
    return axis == 1
        ? ThreadedProducts.alongChannels(weights, matrix)
        : ThreadedProducts.alongBatch(weights, matrix);
  }

  private Tensor product(Tensor weights, Binding binding) {
    int count = binding.segments().size();
    if (count == 1) {
      return segment(weights, binding.segments().get(0), binding.role());
    }
    Tensor[] parts = new Tensor[count];
    long from = 0;
    for (int i = 0; i < count; i++) {
      Segment segment = binding.segments().get(i);
      long width = (long) spaces.space(segment.space()).width() * segment.repeat();
      parts[i] = segment(weights.narrow(-1, from, width), segment, binding.role());
      from += width;
    }
    return torch.cat(new TensorVector(parts), -1);
  }

  private Tensor segment(Tensor weights, Segment segment, Binding.Role role) {
    Pair pair = bases.get(segment.space());
    if (pair == null) {
      return weights;
    }
    Tensor matrix = pair.of(role);
    if (segment.repeat() == 1) {
      return weights.matmul(matrix);
    }
    // Each channel has `repeat` elements in a row: they pass along beside the product.
    long[] sizes = weights.shape();
    int last = sizes.length - 1;
    long[] split = Arrays.copyOf(sizes, last + 2);
    split[last] = matrix.size(0);
    split[last + 1] = segment.repeat();
    Tensor channelsLast = weights.reshape(split).transpose(-1, -2).matmul(matrix);
    sizes[last] = matrix.size(1) * segment.repeat();
    return channelsLast.transpose(-1, -2).reshape(sizes);
  }

  /** Activations in the coordinates of a basis: {@code E^T x} along axis 1, in their own type. */
  static Tensor encode(Tensor activations, Tensor encode) {
    Tensor matrix = encode.to(activations.scalar_type());
    return activations.dim() == 4
        ? ThreadedProducts.alongChannels(activations, matrix)
        : activations.transpose(1, -1).matmul(matrix).transpose(1, -1);
  }
}
