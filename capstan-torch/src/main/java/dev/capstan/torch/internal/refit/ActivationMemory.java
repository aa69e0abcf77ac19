package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Node;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * How many images' activations fit into memory, step by step: early layers have large ones, and
 * many positions an image, so that few images give them enough equations.
 */
final class ActivationMemory {
  private final long[] bytes;
  private final long budget;

  /**
   * Measures both networks on one image.
   *
   * @param images some, of which the first is taken
   * @param budget bytes that all activations may take
   */
  ActivationMemory(Networks networks, Tensor[] images, long budget) {
    Tensor[] image = Stream.of(images).map(input -> input.narrow(0, 0, 1)).toArray(Tensor[]::new);
    this.budget = budget;
    this.bytes = new long[networks.original.steps().size()];
    add(networks.original, image, position -> true);
    List<Node> nodes = networks.original.graph().nodes();
    add(networks.compressed, image, i -> networks.differing.gives(nodes.get(i)));
    // What comes in must fit until the end: nothing is computed twice.
    for (int i = bytes.length - 2; i >= 0; i--) {
      bytes[i] = Math.max(bytes[i], bytes[i + 1]);
    }
  }

  private void add(Program program, Tensor[] image, IntPredicate counts) {
    Map<Integer, Long> sizes = new HashMap<>();
    try (Values values = program.begin(image)) {
      for (int i = 0; i < bytes.length; i++) {
        Step step = program.steps().get(i);
        program.execute(step, values);
        for (int slot : step.outputs()) {
          Tensor output = values.get(slot);
          sizes.put(slot, counts.test(i) ? output.numel() * output.element_size() : 0);
        }
        bytes[i] += sizes.values().stream().mapToLong(Long::longValue).sum();
        sizes.keySet().removeAll(step.lastUses());
        values.drop(step.lastUses());
      }
    }
  }

  /** Images that may be on their way when a step runs, at least 1. */
  long images(int position) {
    return Math.max(1, budget / Math.max(1, bytes[position]));
  }
}
