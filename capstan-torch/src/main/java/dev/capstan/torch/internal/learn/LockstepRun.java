package dev.capstan.torch.internal.learn;

import dev.capstan.graph.InvalidInputException;
import dev.capstan.space.ChannelLayout;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One run of both networks, and how far apart they were so far. */
final class LockstepRun {
  /** libtorch's number for a loss that is summed up. */
  private static final long SUM = 2;

  private final Lockstep networks;
  private final Values left;
  private final Values right;
  private final Map<String, Double> scales;
  private final Projector projector;
  private final ProjectedSteps projected;
  private final List<Tensor> distances = new ArrayList<>();

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
    this.projector = new Projector(networks.spaces, bases);
    this.projected =
        new ProjectedSteps(
            networks.original,
            networks.spaces,
            projector,
            networks.resting,
            networks.execution.precision());
  }

  Lockstep.Result over(long batch) {
    Program original = networks.original;
    for (int i = 0; i < original.steps().size(); i++) {
      Step step = original.steps().get(i);
      try (NoGradGuard guard = new NoGradGuard()) {
        original.infer(step, left);
      }
      Step other = networks.compressed.steps().get(i);
      if (networks.touched.contains(i)) {
        execute(step, other);
      } else {
        share(step, other);
      }
      String output = step.node().output();
      if (networks.tapped.contains(output)) {
        compare(output, right.get(other.outputs().get(0)), batch);
      }
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

  /** One step of the compressed network. */
  private void execute(Step step, Step other) {
    Tensor[] outputs = projected.execute(other, right, left.get(step.outputs().get(0)));
    for (int i = 0; i < outputs.length; i++) {
      right.own(other.outputs().get(i), outputs[i]);
    }
  }

  private void compare(String value, Tensor mine, long batch) {
    Double scale = scales.get(value);
    if (scale == null || scale == 0) {
      return;
    }
    Tensor target = left.get(networks.original.slot(value));
    ChannelLayout layout = networks.spaces.layout(value);
    Tensor decoded = layout == null ? mine : projector.decode(mine, layout);
    // A sum of squares in half precision would keep two or three digits.
    ScalarType type = networks.execution.precision().storage();
    Tensor squared = torch.mse_loss(decoded.to(type), target.to(type), SUM);
    distances.add(squared.mul(new Scalar(1 / (scale * batch))));
  }

  private Tensor mean() {
    Tensor sum =
        distances.stream()
            .reduce(Tensor::add)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "every layer to compare gives zeros on the calibration images: check the"
                            + " model and the preprocessing"));
    return sum.mul(new Scalar(1.0 / distances.size()));
  }

  private static List<Tensor> outputs(Program program, Values values) {
    return program.graph().outputs().stream()
        .map(output -> values.take(program.slot(output.name())))
        .toList();
  }
}
