package dev.capstan.torch.internal.engine;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A graph's constants in libtorch's memory: floating types in the precision weights are kept in,
 * integers as int64, tensors of four axes with channels innermost. Owns the tensors until closed.
 */
public final class Constants implements AutoCloseable {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** Copies all constants of a graph. */
  public Constants(Graph graph, Precision precision) {
    try (PointerScope scope = new PointerScope()) {
      graph.constants().forEach((name, c) -> tensors.put(name, copy(c, precision)));
      tensors.values().forEach(Tensor::retainReference);
    }
  }

  private static Tensor copy(Constant constant, Precision precision) {
    long[] sizes = constant.sizes();
    if (!constant.type().isFloating()) {
      return Tensors.of(constant.longs(), sizes);
    }
    Tensor rows =
        constant.type() == DataType.FLOAT32
            ? Tensors.ofBytes(constant.bytes(), sizes)
            : Tensors.of(constant.floats(), sizes);
    return Tensors.channelsLast(rows.to(precision.storage()));
  }

  /**
   * The tensor of a constant, which stays this object's.
   *
   * @throws IllegalArgumentException if the graph has no such constant
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no constant '" + name + "'");
    }
    return tensor;
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
    tensors.clear();
  }
}
