package dev.capstan.torch;

import dev.capstan.data.Batch;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Value;
import dev.capstan.recipe.Compute;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Guard;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A network that runs in libtorch. Owns native memory until closed; not thread-safe. */
public final class TorchNetwork implements AutoCloseable {
  private final Graph graph;
  private final Program program;

  /**
   * Makes a network ready to run.
   *
   * @throws InvalidInputException if an operator cannot be run
   */
  public TorchNetwork(Graph graph, Compute compute) {
    this.graph = graph;
    this.program = new Program(graph, Execution.of(compute));
  }

  /** The network's outputs, by name, for inputs by name; all float32. */
  public Map<String, Constant> run(Map<String, Constant> inputs) {
    try (PointerScope scope = new PointerScope()) {
      return named(
          graph.inputs().stream().map(input -> tensor(input, inputs)).toArray(Tensor[]::new));
    }
  }

  /** The same for a batch of images. */
  Map<String, Constant> run(Batch batch) {
    try (PointerScope scope = new PointerScope()) {
      return named(Tensors.of(batch));
    }
  }

  private Map<String, Constant> named(Tensor[] inputs) {
    Tensor[] outputs = Guard.run("a run", () -> program.run(inputs));
    Map<String, Constant> named = new LinkedHashMap<>();
    for (int i = 0; i < outputs.length; i++) {
      try (Tensor output = outputs[i]) {
        named.put(
            graph.outputs().get(i).name(), Constant.of(Tensors.floats(output), output.shape()));
      }
    }
    return named;
  }

  private static Tensor tensor(Value input, Map<String, Constant> inputs) {
    Constant constant = inputs.get(input.name());
    if (constant == null) {
      throw new IllegalArgumentException("input '" + input.name() + "' is not given");
    }
    return Tensors.of(constant.floats(), constant.sizes());
  }

  @Override
  public void close() {
    program.close();
  }
}
