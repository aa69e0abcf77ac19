package dev.capstan.torch.internal.learn;

import dev.capstan.space.Binding;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelLayout.Segment;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.tensor.ThreadedProducts;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
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

  /** Number of channels of a space. */
  int rank(Space space) {
    Pair pair = bases.get(space.name());
    return pair == null ? space.width() : Math.toIntExact(pair.encode().size(1));
  }

  boolean isCompressed(Binding binding) {
    return binding.segments().stream().anyMatch(segment -> bases.containsKey(segment.space()));
  }

  /** Whether a basis along a binding learns, in the role that it has there. */
  boolean learns(Binding binding) {
    return binding.segments().stream()
        .map(segment -> bases.get(segment.space()))
        .anyMatch(pair -> pair != null && pair.of(binding.role()).requires_grad());
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
    if (binding.groups() > 1) {
      return grouped(weights, binding);
    }
    int missing = Math.max(0, -binding.axis());
    Tensor whole = weights;
    for (int i = 0; i < missing; i++) {
      whole = whole.unsqueeze(0);
    }
    int axis = Math.max(0, binding.axis());
    int width = spaces.extent(binding, Space::width);
    if (whole.size(axis) != width) {
      long[] sizes = whole.shape();
      sizes[axis] = width;
      whole = whole.expand(sizes);
    }
    if (whole.dim() == 4 && axis <= 1 && isPlain(binding.segments())) {
      return kernel(whole, axis, binding);
    }
    // The axis goes last, so that its product with an n x r matrix is one matrix product.
    return product(whole.transpose(axis, -1), binding.segments(), binding.role())
        .transpose(axis, -1);
  }

  /** Whether they are the channels of one space, each of one element. */
  private static boolean isPlain(List<Segment> segments) {
    return segments.size() == 1 && segments.get(0).repeat() == 1;
  }

  /** Axis 1 of a grouped convolution's weights, whose basis is block diagonal in each copy. */
  private Tensor grouped(Tensor weights, Binding binding) {
    Pair pair = bases.get(binding.segments().get(0).space());
    if (pair == null) {
      return weights;
    }
    Tensor matrix = pair.of(binding.role());
    int copies = binding.segments().size();
    int groups = binding.groups() / copies;
    long[] sizes = weights.shape();
    long rank = matrix.size(1) / groups;
    // groups x n/groups x r/groups
    Tensor blocks =
        matrix
            .reshape(groups, sizes[1], groups, rank)
            .diagonal(0, 0, 2)
            .permute(2, 0, 1)
            .repeat(copies, 1, 1);
    Tensor rows =
        weights
            .reshape(binding.groups(), sizes[0] / binding.groups(), sizes[1], -1)
            .transpose(2, 3);
    Tensor projected = rows.matmul(blocks.unsqueeze(1)).transpose(2, 3);
    sizes[1] = rank;
    return projected.reshape(sizes);
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

  private Tensor product(Tensor weights, List<Segment> segments, Binding.Role role) {
    return product(
        weights, segments, segment -> spaces.space(segment.space()).width(), pair -> pair.of(role));
  }

  /**
   * The last axis replaced, segment by segment.
   *
   * @param channels of a segment before
   * @param matrix by which those of a compressed space are multiplied from the right
   */
  private Tensor product(
      Tensor tensor,
      List<Segment> segments,
      ToIntFunction<Segment> channels,
      Function<Pair, Tensor> matrix) {
    if (segments.size() == 1) {
      return segment(tensor, segments.get(0), matrix);
    }
    Tensor[] parts = new Tensor[segments.size()];
    long from = 0;
    for (int i = 0; i < parts.length; i++) {
      Segment segment = segments.get(i);
      long width = (long) channels.applyAsInt(segment) * segment.repeat();
      parts[i] = segment(tensor.narrow(-1, from, width), segment, matrix);
      from += width;
    }
    return torch.cat(new TensorVector(parts), -1);
  }

  private Tensor segment(Tensor tensor, Segment segment, Function<Pair, Tensor> by) {
    Pair pair = bases.get(segment.space());
    if (pair == null) {
      return tensor;
    }
    Tensor matrix = by.apply(pair).to(tensor.scalar_type());
    if (segment.repeat() == 1) {
      return tensor.matmul(matrix);
    }
    // Each channel has `repeat` elements in a row: they pass along beside the product.
    long[] sizes = tensor.shape();
    int last = sizes.length - 1;
    long[] split = Arrays.copyOf(sizes, last + 2);
    split[last] = matrix.size(0);
    split[last + 1] = segment.repeat();
    Tensor channelsLast = tensor.reshape(split).transpose(-1, -2).matmul(matrix);
    sizes[last] = matrix.size(1) * segment.repeat();
    return channelsLast.transpose(-1, -2).reshape(sizes);
  }

  /** Activations of a layout in the coordinates of the bases, {@code E^T x} along its channels. */
  public Tensor encode(Tensor activations, ChannelLayout layout) {
    return product(activations.transpose(layout.axis(), -1), layout.segments(), Binding.Role.ENCODE)
        .transpose(layout.axis(), -1);
  }

  /** Activations of a layout in the original's coordinates, {@code D x} along its channels. */
  public Tensor decode(Tensor activations, ChannelLayout layout) {
    List<Segment> segments = layout.segments();
    if (segments.stream().noneMatch(segment -> bases.containsKey(segment.space()))) {
      return activations;
    }
    Pair sole = bases.get(segments.get(0).space());
    boolean image = activations.dim() == 4 && layout.axis() == 1;
    if (image && isPlain(segments) && sole != null) {
      return encode(activations, sole.decode().t());
    }
    Tensor last = activations.transpose(layout.axis(), -1);
    return product(last, segments, s -> rank(spaces.space(s.space())), pair -> pair.decode().t())
        .transpose(layout.axis(), -1);
  }

  /** Activations in the coordinates of the bases of all spaces along axis 1. */
  Tensor encode(Tensor activations, List<Segment> segments) {
    Pair only = isPlain(segments) ? bases.get(segments.get(0).space()) : null;
    if (only != null) {
      return encode(activations, only.encode());
    }
    // As wide a type as the bases have.
    ScalarType wide = bases.values().iterator().next().encode().scalar_type();
    return product(activations.to(wide).transpose(1, -1), segments, Binding.Role.ENCODE)
        .transpose(1, -1)
        .to(activations.scalar_type());
  }

  /** Activations in the coordinates of a basis: {@code E^T x} along axis 1, in their own type. */
  static Tensor encode(Tensor activations, Tensor encode) {
    Tensor matrix = encode.to(activations.scalar_type());
    return activations.dim() == 4
        ? ThreadedProducts.alongChannels(activations, matrix)
        : activations.transpose(1, -1).matmul(matrix).transpose(1, -1);
  }
}
