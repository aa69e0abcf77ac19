package dev.capstan.torch.internal.learn;

import dev.capstan.space.Binding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Kernels between slow spaces ({@link UpdateInterval}): projected once, used for some batches as
 * leaves that gather gradients, which then go on to the bases all at once. The sum of the gradients
 * is the same as if each batch's had gone on by itself, at a part of the cost. Owns the kernels
 * until closed.
 */
final class CachedKernels implements AutoCloseable {
  private record Key(String node, int input) {}

  /** How to make a kernel, and the one in use. */
  private record Kernel(Tensor weights, List<Binding> bindings, Tensor leaf) {}

  private final Set<String> slow;
  private final Map<Key, Kernel> kernels = new LinkedHashMap<>();

  /** Kernels between these spaces rest. */
  CachedKernels(Set<String> slow) {
    this.slow = slow;
  }

  /** Whether all compressed spaces that a constant lies along are slow. */
  boolean rests(List<Binding> bindings) {
    return !bindings.isEmpty()
        && bindings.stream()
            .flatMap(binding -> binding.segments().stream())
            .allMatch(segment -> slow.contains(segment.space()));
  }

  /** The kernel in use; made from the bases where there is none. */
  Tensor leaf(String node, int input, Tensor weights, List<Binding> bindings, Projector projector) {
    return kernels
        .computeIfAbsent(
            new Key(node, input),
            key -> new Kernel(weights, bindings, detached(weights, bindings, projector)))
        .leaf();
  }

  private static Tensor detached(Tensor weights, List<Binding> bindings, Projector projector) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      // What writes a selection has nothing to hand on: no basis along it learns.
      boolean learns = bindings.stream().anyMatch(projector::learns);
      Tensor leaf = projector.apply(weights, bindings).detach().set_requires_grad(learns);
      leaf.retainReference();
      return leaf;
    }
  }

  /** Hands the gathered gradients on to the bases, and lets go of the kernels. */
  void release(Projector projector) {
    kernels
        .values()
        .forEach(
            kernel -> {
              Tensor gradient = kernel.leaf().grad();
              if (gradient.defined()) {
                projector.apply(kernel.weights(), kernel.bindings()).mul(gradient).sum().backward();
              }
            });
    close();
  }

  @Override
  public void close() {
    kernels.values().forEach(kernel -> kernel.leaf().close());
    kernels.clear();
  }
}
