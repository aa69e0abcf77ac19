package dev.capstan.torch.internal.learn;

import dev.capstan.error.InvalidInputException;
import dev.capstan.space.ChannelLayout;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.paired.PairedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One run of both networks, and how far apart they were so far. */
final class LockstepRun {
  /** libtorch's number for a loss that is summed up. */
  private static final long SUM = 2;

  private final Lockstep networks;
  private final PairedRun run;
  private final Map<String, Double> scales;
  private final Projector projector;
  private final ProjectedSteps projected;
  private final List<Tensor> distances = new ArrayList<>();

  LockstepRun(
      Lockstep networks,
      PairedRun run,
      Map<String, Projector.Pair> bases,
      Map<String, Double> scales) {
    this.networks = networks;
    this.run = run;
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
    for (; !run.isDone(); run.next()) {
      run.run(this::execute);
      String output = run.step().node().output();
      if (networks.compared.contains(output)) {
        int slot = networks.compressed.steps().get(run.position()).outputs().get(0);
        compare(output, run.changed().get(slot), batch);
      }
    }
    return new Lockstep.Result(
        mean(),
        networks.original.takeOutputs(run.original()),
        networks.compressed.takeOutputs(run.changed()));
  }

  /** One step of the compressed network. */
  private void execute(Step step, Values values) {
    Tensor like = run.original().get(run.step().outputs().get(0));
    Tensor[] outputs = projected.execute(step, values, like);
    for (int i = 0; i < outputs.length; i++) {
      values.own(step.outputs().get(i), outputs[i]);
    }
  }

  private void compare(String value, Tensor mine, long batch) {
    Double scale = scales.get(value);
    if (scale == null || scale == 0) {
      return;
    }
    Tensor target = run.original().get(networks.original.slot(value));
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
}
