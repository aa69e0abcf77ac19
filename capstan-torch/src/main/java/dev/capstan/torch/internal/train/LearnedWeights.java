package dev.capstan.torch.internal.train;

import dev.capstan.graph.Graph;
import dev.capstan.recipe.TrainRecipe;
import java.util.ArrayList;
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
 * The weights of a network that learn, their gradients, and the optimisers that move them: first
 * the kernels that go by Muon, then the other kernels, then what does not decay. Owns all native
 * memory until closed.
 */
final class LearnedWeights implements AutoCloseable {
  private final TrainRecipe.Schedule schedule;
  private final FlatTensors values;
  private final FlatTensors gradients;
  private final FlatTensors momenta;
  private final Map<String, Tensor> leaves = new LinkedHashMap<>();
  private final Muon muon;
  private final NesterovSgd descent;

  /** The weights as a graph has them, at rest. */
  LearnedWeights(Graph graph, TrainRecipe.Schedule schedule, ScalarType type) {
    this.schedule = schedule;
    Set<String> all = new LinkedHashSet<>(Role.KERNEL.of(graph));
    Map<String, Integer> turned =
        schedule.muonRate() == 0 ? Map.of() : Role.convolutions(graph, all);
    Set<String> kernels = new LinkedHashSet<>(turned.keySet());
    kernels.addAll(all);
    List<String> names = Stream.concat(kernels.stream(), Role.BIAS.of(graph).stream()).toList();
    values = FlatTensors.of(graph, names, type);
    gradients = FlatTensors.zeros(graph, names, type);
    momenta = FlatTensors.zeros(graph, names, type);
    values.views().forEach((name, view) -> leaves.put(name, leaf(name, view)));
    muon = muon(turned);
    descent = descent(values.elements(turned.keySet()), values.elements(kernels));
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

  private Muon muon(Map<String, Integer> groups) {
    List<Muon.Kernel> kernels = new ArrayList<>();
    groups.forEach(
        (name, count) ->
            kernels.add(
                new Muon.Kernel(
                    values.view(name), gradients.view(name), momenta.view(name), count)));
    return new Muon(kernels, schedule.momentum());
  }

  /** Of what lies behind {@code from}; kernels reach up to {@code to}. */
  private NesterovSgd descent(long from, long to) {
    return new NesterovSgd(
        values.from(from),
        gradients.from(from),
        momenta.from(from),
        to - from,
        schedule.momentum(),
        schedule.weightDecay());
  }

  /** What autograd follows, by name; they stay this object's. */
  Map<String, Tensor> leaves() {
    return leaves;
  }

  /** The weights; they stay this object's. */
  FlatTensors values() {
    return values;
  }

  /** Sums of past gradients, which the steps to come depend on; they stay this object's. */
  FlatTensors momenta() {
    return momenta;
  }

  /**
   * One step along the gradients that backward passes have left, which are zero afterwards.
   *
   * @param height of the rates, as a share of those of the schedule
   */
  void step(double height) {
    muon.step(schedule.muonRate() * height);
    descent.step(schedule.rate() * height);
  }

  @Override
  public void close() {
    leaves.values().forEach(Tensor::close);
    descent.close();
    Stream.of(values, gradients, momenta).forEach(FlatTensors::close);
  }
}
