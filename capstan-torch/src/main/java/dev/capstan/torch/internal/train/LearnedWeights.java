package dev.capstan.torch.internal.train;

import dev.capstan.graph.Graph;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.TrainRecipe.Optimizer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The weights of a network that learn, their gradients, and the optimiser that moves them. Owns all
 * native memory until closed.
 */
final class LearnedWeights implements AutoCloseable {
  private final FlatTensors values;
  private final FlatTensors gradients;
  private final Map<String, Tensor> leaves = new LinkedHashMap<>();
  private final Optimiser optimiser;

  /** The weights as a graph has them, at rest. */
  LearnedWeights(Graph graph, TrainRecipe.Schedule schedule, ScalarType type) {
    Set<String> all = new LinkedHashSet<>(Role.KERNEL.of(graph));
    boolean byMuon = schedule.optimizer() == Optimizer.MUON && schedule.muonRate() > 0;
    Map<String, Integer> turned = byMuon ? Role.convolutions(graph, all) : Map.of();
    Set<String> kernels = new LinkedHashSet<>(turned.keySet());
    kernels.addAll(all);
    List<String> names = Stream.concat(kernels.stream(), Role.BIAS.of(graph).stream()).toList();
    values = FlatTensors.of(graph, names, type);
    gradients = values.zeros();
    values.views().forEach((name, view) -> leaves.put(name, leaf(name, view)));
    optimiser =
        switch (schedule.optimizer()) {
          case MUON -> new MuonAndDescent(values, gradients, turned, kernels, schedule);
          case ADAM -> new RelativeAdam(values, gradients, schedule.rate());
        };
  }

  /**
   * A leaf of autograd that shares its elements with the weights, its gradient's with gradients.
   */
  private Tensor leaf(String name, Tensor view) {
    try (PointerScope scope = new PointerScope()) {
      Tensor leaf = view.detach().requires_grad_(true);
      leaf.mutable_grad().put(gradients.view(name));
      leaf.retainReference();
      return leaf;
    }
  }

  /** What autograd follows, by name; they stay this object's. */
  Map<String, Tensor> leaves() {
    return leaves;
  }

  /** The weights; they stay this object's. */
  FlatTensors values() {
    return values;
  }

  /** Their gradients, which backward passes add to; they stay this object's. */
  FlatTensors gradients() {
    return gradients;
  }

  /** What moves them; it stays this object's. */
  Optimiser optimiser() {
    return optimiser;
  }

  @Override
  public void close() {
    leaves.values().forEach(Tensor::close);
    optimiser.close();
    gradients.close();
    values.close();
  }
}
