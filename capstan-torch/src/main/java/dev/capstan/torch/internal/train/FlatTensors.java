package dev.capstan.torch.internal.train;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Named tensors that lie one after the other in one vector, so that an optimiser updates all of
 * them at once. Those of four axes have their channels innermost. Owns the memory until closed.
 */
final class FlatTensors implements AutoCloseable {
  private final Tensor whole;
  private final Map<String, Tensor> views = new LinkedHashMap<>();

  /** Zeros of these extents, in the order of the map. */
  private FlatTensors(Map<String, long[]> sizes, ScalarType type) {
    try (PointerScope scope = new PointerScope()) {
      long length = sizes.values().stream().mapToLong(FlatTensors::elements).sum();
      whole = torch.zeros(new long[] {length}, new TensorOptions(type));
      whole.retainReference();
      long from = 0;
      for (Map.Entry<String, long[]> entry : sizes.entrySet()) {
        long count = elements(entry.getValue());
        Tensor view = shaped(whole.narrow(0, from, count), entry.getValue());
        view.retainReference();
        views.put(entry.getKey(), view);
        from += count;
      }
    }
  }

  /**
   * The constants of a graph that have these names.
   *
   * @throws IllegalArgumentException if a name is no constant's
   */
  static FlatTensors of(Graph graph, List<String> names, ScalarType type) {
    Map<String, long[]> sizes = new LinkedHashMap<>();
    for (String name : names) {
      Constant constant = graph.constant(name);
      if (constant == null) {
        throw new IllegalArgumentException("'" + name + "' is no constant");
      }
      sizes.put(name, constant.sizes());
    }
    FlatTensors tensors = new FlatTensors(sizes, type);
    tensors.set(graph.constants());
    return tensors;
  }

  /** Others of the same names and extents, of zeros; the caller's to close. */
  FlatTensors zeros() {
    Map<String, long[]> sizes = new LinkedHashMap<>();
    views.forEach((name, view) -> sizes.put(name, view.shape()));
    return new FlatTensors(sizes, whole.scalar_type());
  }

  /** Others of the same names, extents and values; the caller's to close. */
  FlatTensors copy() {
    FlatTensors copy = zeros();
    copy.set(this);
    return copy;
  }

  /** Sets all elements to zero. */
  void clear() {
    try (PointerScope scope = new PointerScope()) {
      whole.zero_();
    }
  }

  private static long elements(long[] sizes) {
    long product = 1;
    for (long size : sizes) {
      product *= size;
    }
    return product;
  }

  private static Tensor shaped(Tensor part, long[] sizes) {
    return sizes.length == 4
        ? part.view(sizes[0], sizes[2], sizes[3], sizes[1]).permute(0, 3, 1, 2)
        : part.view(sizes);
  }

  /** The vector, which stays this object's. */
  Tensor whole() {
    return whole;
  }

  /** How many elements those of these names have. */
  long elements(Collection<String> names) {
    return names.stream().mapToLong(name -> view(name).numel()).sum();
  }

  /** What lies behind the first {@code count} elements; the caller's to close. */
  Tensor from(long count) {
    return whole.narrow(0, count, whole.size(0) - count);
  }

  /** The tensor of this name, a view of the vector; it stays this object's. */
  Tensor view(String name) {
    return Objects.requireNonNull(views.get(name), name);
  }

  /** The tensors by name, views of the vector; they stay this object's. */
  Map<String, Tensor> views() {
    return views;
  }

  /** Copies the values of others in, of the same names and extents. */
  void set(FlatTensors others) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      whole.copy_(others.whole);
    }
  }

  /** Copies values in; every tensor needs one of its own extents. */
  void set(Map<String, Constant> values) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      views.forEach(
          (name, view) -> {
            Constant value = values.get(name);
            if (value == null || !Arrays.equals(value.sizes(), view.shape())) {
              throw new IllegalArgumentException("no value for '" + name + "'");
            }
            view.copy_(Tensors.of(value.floats(), value.sizes()));
          });
    }
  }

  /** A copy of the vector, in float32. */
  Constant constant() {
    return Constant.of(Tensors.floats(whole), whole.shape());
  }

  /** A copy of the values, in float32. */
  Map<String, Constant> constants() {
    Map<String, Constant> constants = new LinkedHashMap<>();
    views.forEach(
        (name, view) -> constants.put(name, Constant.of(Tensors.floats(view), view.shape())));
    return constants;
  }

  @Override
  public void close() {
    views.values().forEach(Tensor::close);
    whole.close();
  }
}
