package dev.capstan.torch.internal.kernel;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.ConstantWriter;
import dev.capstan.graph.DataType;
import dev.capstan.graph.ForeignRuntime;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Opaque;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Kernels of all operators, those included that nobody here knows: a runtime runs them, and no
 * gradient passes. Owns what the runtime has loaded until closed.
 */
public final class ForeignKernels implements AutoCloseable {
  private final List<ForeignRuntime.Loaded> loaded = new ArrayList<>();

  /**
   * The kernel of an operator.
   *
   * @throws InvalidInputException if it has none
   */
  public Kernel<Operator> kernel(Operator operator) {
    if (!(operator instanceof Opaque opaque)) {
      return Kernels.of(operator);
    }
    ForeignRuntime runtime =
        ServiceLoader.load(ForeignRuntime.class)
            .findFirst()
            .orElseThrow(
                () -> new InvalidInputException("no runtime is there for " + opaque.node()));
    ForeignRuntime.Loaded model = runtime.load(opaque.model());
    loaded.add(model);
    return (same, inputs, precision) -> run(opaque, model, inputs, precision);
  }

  private static Tensor[] run(
      Opaque opaque, ForeignRuntime.Loaded model, @Nullable Tensor[] inputs, Precision precision) {
    Map<String, Constant> given = new LinkedHashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      Tensor input = inputs[i];
      if (input != null && opaque.isFed(i)) {
        given.put(opaque.node().inputs().get(i), constant(opaque.reads().get(i).type(), input));
      }
    }
    Map<String, Constant> found = model.run(given);
    Tensor[] outputs = new Tensor[opaque.gives().size()];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = tensor(found.get(opaque.node().outputs().get(i)), precision);
    }
    return outputs;
  }

  private static Constant constant(DataType type, Tensor tensor) {
    if (type.isFloating()) {
      return Constant.of(type, Tensors.floats(tensor), tensor.shape());
    }
    ConstantWriter whole = new ConstantWriter(type, tensor.shape());
    double[] elements = Tensors.doubles(tensor);
    for (int i = 0; i < elements.length; i++) {
      whole.put(i, elements[i]);
    }
    return whole.constant();
  }

  private static Tensor tensor(@Nullable Constant output, Precision precision) {
    if (output == null) {
      throw new IllegalStateException("an output is missing");
    }
    if (!output.type().isFloating()) {
      return Tensors.of(output.longs(), output.sizes());
    }
    Tensor tensor = Tensors.of(output.floats(), output.sizes()).to(precision.storage());
    return Tensors.channelsLast(tensor);
  }

  @Override
  public void close() {
    loaded.forEach(ForeignRuntime.Loaded::close);
    loaded.clear();
  }
}
