package dev.capstan.learn;

import dev.capstan.engine.Program;
import dev.capstan.engine.Step;
import dev.capstan.engine.Values;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** One run of both networks: what is awaited, and how far apart they were so far. */
final class LockstepRun implements AutoCloseable {
  /** libtorch's number for a loss that is summed up. */
  private static final long SUM = 2;

  private final Lockstep networks;
  private final Values left;
  private final Values right;
  private final Map<String, Double> scales;
  private final ProjectedSteps projected;
  private final Map<String, Tensor> awaited = new HashMap<>();
  private final List<Tensor> real = new ArrayList<>();
  private final List<Tensor> virtual = new ArrayList<>();

  LockstepRun(
      Lockstep networks,
      Values left,
      Values right,
      Map<String, Projector.Pair> bases,
      Map<String, Double> scales) {
    this.networks = networks;
    this.left = left;
    this.right = right;
    this.scales = scales;
    this.projected =
        new ProjectedSteps(
            networks.original,
            networks.spaces,
            new Projector(networks.spaces, bases),
            networks.resting,
            networks.execution.precision());
  }

  Lockstep.Result over(long batch, Map<String, Tap> taps) {
    Set<String> compared = new HashSet<>();
    taps.values().stream().filter(tap -> !tap.virtual()).forEach(tap -> compared.add(tap.value()));
    Program original = networks.original;
    for (int i = 0; i < original.steps().size(); i++) {
      Step step = original.steps().get(i);
      try (NoGradGuard guard = new NoGradGuard()) {
        original.infer(step, left);
      }
      Step other = networks.compressed.steps().get(i);
      if (networks.touched.contains(i)) {
        execute(step, other, taps.get(step.node().name()));
      } else {
        share(step, other);
      }
      String output = step.node().output();
      if (compared.contains(output)) {
        compare(output, right.get(other.outputs().get(0)), batch, real);
      }
      compareAwaited(output, batch);
      left.drop(step.lastUses());
      right.drop(other.lastUses());
    }
    return new Lockstep.Result(
        mean(), outputs(original, left), outputs(networks.compressed, right));
  }

  private void share(Step step, Step other) {
    for (int i = 0; i < step.outputs().size(); i++) {
      right.own(other.outputs().get(i), new Tensor(left.get(step.outputs().get(i))));
    }
  }

  /** One step of the compressed network; a virtual tap sees its output in full width. */
  private void execute(Step step, Step other, @Nullable Tap tap) {
    boolean tapped = tap != null && tap.virtual();
    Tensor full = left.get(step.outputs().get(0));
    ProjectedSteps.Output output = projected.execute(other, right, full, tapped);
    if (tap != null && tapped) {
      awaited.put(tap.value(), activated(tap, output.full()));
    }
    output.closeFull();
    for (int i = 0; i < output.results().length; i++) {
      right.own(other.outputs().get(i), output.results()[i]);
    }
  }

  private Tensor activated(Tap tap, Tensor full) {
    Node activation = tap.activation();
    if (activation == null) {
      Tensor same = new Tensor(full);
      same.retainReference();
      return same;
    }
    Step step =
        networks.original.steps().get(networks.original.graph().nodes().indexOf(activation));
    return step.execute(new Tensor[] {full}, networks.execution.precision())[0];
  }

  private void compareAwaited(String value, long batch) {
    Tensor mine = awaited.remove(value);
    if (mine != null) {
      compare(value, mine, batch, virtual);
      mine.close();
    }
  }

  private void compare(String value, Tensor mine, long batch, List<Tensor> distances) {
    Double scale = scales.get(value);
    if (scale == null || scale == 0) {
      return;
    }
    Tensor target = left.get(networks.original.slot(value));
    // A sum of squares in half precision would keep two or three digits.
    ScalarType type = networks.execution.precision().storage();
    Tensor squared = torch.mse_loss(mine.to(type), target.to(type), SUM);
    distances.add(squared.mul(new Scalar(1 / (scale * batch))));
  }

  /** The mean over all taps, where those looked at stand for all virtual ones. */
  private Tensor mean() {
    if (real.isEmpty() && virtual.isEmpty()) {
      throw new InvalidInputException(
          "every layer to compare gives zeros on the calibration images: check the model and the"
              + " preprocessing");
    }
    double all = virtual.isEmpty() ? 0 : networks.virtualTaps();
    double taps = real.size() + all;
    List<Tensor> weighted = new ArrayList<>();
    real.forEach(distance -> weighted.add(distance.mul(new Scalar(1 / taps))));
    virtual.forEach(d -> weighted.add(d.mul(new Scalar(all / virtual.size() / taps))));
    return weighted.stream().reduce(Tensor::add).orElseThrow();
  }

  private static List<Tensor> outputs(Program program, Values values) {
    return program.graph().outputs().stream()
        .map(output -> values.take(program.slot(output.name())))
        .toList();
  }

  @Override
  public void close() {
    awaited.values().forEach(Tensor::close);
  }
}
