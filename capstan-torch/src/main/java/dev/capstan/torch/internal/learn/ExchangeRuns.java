package dev.capstan.torch.internal.learn;

import dev.capstan.graph.Node;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * The compressed network on some images, run again from a space on, over and over with other bases.
 * The original is run once: what it is compared by is kept. Spaces come in the order of the
 * network, so that what lies before each is run once too.
 *
 * <p>Owns activations and projected weights until closed; the networks stay the caller's.
 */
final class ExchangeRuns implements AutoCloseable {
  /** libtorch's number for a loss that is summed up. */
  private static final long SUM = 2;

  /** Some images on their way: the compressed network's values before a step, and its targets. */
  private record Way(Values values, Map<String, Tensor> targets, double[] settled, long images) {}

  private final Lockstep networks;
  private final Map<String, Double> scales;
  private final List<Way> ways = new ArrayList<>();
  private final Map<String, @Nullable Tensor[]> weights = new HashMap<>();
  private int position;

  /**
   * Runs the original.
   *
   * @param images in batches; may be closed then
   */
  ExchangeRuns(Lockstep networks, Map<String, Double> scales, List<Tensor[]> images) {
    this.networks = networks;
    this.scales = scales;
    images.forEach(batch -> ways.add(begun(batch)));
  }

  private Way begun(Tensor[] images) {
    Map<String, Tensor> targets = new HashMap<>();
    Program original = networks.original;
    try (NoGradGuard guard = new NoGradGuard();
        Values values = original.begin(images)) {
      original.walk(
          values,
          (step, run) -> {
            original.execute(step, run);
            for (String output : step.node().outputs()) {
              if (networks.compared.contains(output) && scales.getOrDefault(output, 0.0) > 0) {
                Tensor target = new Tensor(run.get(original.slot(output)));
                target.retainReference();
                targets.put(output, target);
              }
            }
          });
    }
    return new Way(networks.compressed.begin(images), targets, new double[1], images[0].size(0));
  }

  /** Brings all images to the first node that a space's bases change, with these bases. */
  void reach(Space space, Map<String, Projector.Pair> bases) {
    Projector projector = new Projector(networks.spaces, bases);
    int first = first(space);
    for (Way way : ways) {
      for (int i = position; i < first; i++) {
        way.settled()[0] += run(i, way.values(), way, projector);
        way.values().drop(networks.compressed.steps().get(i).lastUses());
      }
    }
    position = Math.max(position, first);
  }

  /** The position of the first node that a space's bases change. */
  int first(Space space) {
    List<Step> steps = networks.original.steps();
    int first = 0;
    while (first < steps.size() && !isBound(steps.get(first).node(), space)) {
      first++;
    }
    return first;
  }

  private boolean isBound(Node node, Space space) {
    return isBound(networks.spaces, node, space);
  }

  /** Whether a node's weights lie along the channels of a space. */
  static boolean isBound(ChannelSpaces spaces, Node node, Space space) {
    return spaces.bindings(node.name()).stream()
        .flatMap(binding -> binding.segments().stream())
        .anyMatch(segment -> segment.space().equals(space.name()));
  }

  /** A space has other bases from now on: what they change is projected anew. */
  void change(Space space) {
    for (Step step : networks.original.steps()) {
      if (isBound(step.node(), space)) {
        forget(step.node().name());
      }
    }
  }

  private void forget(String node) {
    @Nullable Tensor[] old = weights.remove(node);
    if (old != null) {
      close(old);
    }
  }

  private static void close(@Nullable Tensor[] tensors) {
    for (Tensor tensor : tensors) {
      if (tensor != null) {
        tensor.close();
      }
    }
  }

  /** How many images there are. */
  long images() {
    return ways.stream().mapToLong(Way::images).sum();
  }

  /** Summed distance over all images, with these bases; what was reached stays as it is. */
  double distance(Map<String, Projector.Pair> bases) {
    Projector projector = new Projector(networks.spaces, bases);
    return ways.stream().mapToDouble(way -> distance(way, projector)).sum();
  }

  private double distance(Way way, Projector projector) {
    double sum = way.settled()[0];
    List<Step> steps = networks.compressed.steps();
    try (Values values = way.values().lent()) {
      for (int i = position; i < steps.size(); i++) {
        sum += run(i, values, way, projector);
        values.drop(steps.get(i).lastUses());
      }
    }
    return sum;
  }

  /** Runs a step of the compressed network; how far what it gives is from its target. */
  private double run(int index, Values values, Way way, Projector projector) {
    Step step = networks.compressed.steps().get(index);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      @Nullable Tensor[] operands = operands(index, step, values, projector);
      Tensor[] results = step.execute(operands, networks.execution.precision());
      for (int i = 0; i < results.length; i++) {
        values.own(step.outputs().get(i), results[i]);
      }
      String output = networks.original.steps().get(index).node().output();
      Tensor target = way.targets().get(output);
      return target == null ? 0 : way.images() * error(output, results[0], target, projector);
    }
  }

  private double error(String value, Tensor mine, Tensor target, Projector projector) {
    ChannelLayout layout = networks.spaces.layout(value);
    Tensor decoded = layout == null ? mine : projector.decode(mine, layout);
    ScalarType type = networks.execution.precision().storage();
    double squared = torch.mse_loss(decoded.to(type), target.to(type), SUM).item_double();
    return squared / (scales.getOrDefault(value, 1.0) * target.size(0) * compared());
  }

  private int compared() {
    return Math.max(1, ways.get(0).targets().size());
  }

  private @Nullable Tensor[] operands(int index, Step step, Values values, Projector projector) {
    Node node = networks.original.steps().get(index).node();
    @Nullable Tensor[] projected = weights.get(node.name());
    if (projected == null) {
      projected = projected(node, projector);
      weights.put(node.name(), projected);
    }
    @Nullable Tensor[] operands = new Tensor[step.inputs().size()];
    for (int i = 0; i < operands.length; i++) {
      int slot = step.inputs().get(i);
      operands[i] = projected[i] != null ? projected[i] : slot < 0 ? null : values.get(slot);
    }
    return operands;
  }

  /** The constants of a node that follow from bases; null for its other inputs. */
  private @Nullable Tensor[] projected(Node node, Projector projector) {
    @Nullable Tensor[] projected = new Tensor[node.inputs().size()];
    for (int i = 0; i < projected.length; i++) {
      List<Binding> bindings = bindings(node, i, projector);
      if (!bindings.isEmpty()) {
        Tensor whole = networks.original.constants().get(node.inputs().get(i));
        Tensor smaller = projector.apply(whole, bindings);
        smaller.retainReference();
        projected[i] = smaller;
      }
    }
    return projected;
  }

  private List<Binding> bindings(Node node, int input, Projector projector) {
    return networks.spaces.bindings(node.name()).stream()
        .filter(binding -> binding.input() == input && projector.isCompressed(binding))
        .toList();
  }

  @Override
  public void close() {
    weights.values().forEach(ExchangeRuns::close);
    for (Way way : ways) {
      way.values().close();
      way.targets().values().forEach(Tensor::close);
    }
  }
}
