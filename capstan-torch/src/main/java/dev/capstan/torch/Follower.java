package dev.capstan.torch;

import dev.capstan.data.ImageStore;
import dev.capstan.recipe.Compute;
import dev.capstan.torch.internal.calibrate.CalibrationSums;
import dev.capstan.torch.internal.calibrate.OutputGradients;
import dev.capstan.torch.internal.distributed.LeftOut;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.distributed.Summation.Maker;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Guard;
import dev.capstan.torch.internal.learn.Learning;
import dev.capstan.torch.internal.paired.AgreementTally;
import dev.capstan.torch.internal.refit.Refitting;
import dev.capstan.torch.internal.sensitivity.TrialSums;
import dev.capstan.torch.internal.statistics.ChannelMoments;
import dev.capstan.torch.internal.statistics.Reestimation;
import dev.capstan.torch.internal.train.FeatureSums;
import dev.capstan.torch.internal.train.FineTuning;
import java.util.Map;
import java.util.Objects;

/**
 * A process that does what the one that leads asks for, until that has no more to do.
 *
 * @param summation with that one
 */
record Follower(Summation summation, Compute compute) {
  /** What makes the sums that are asked for, by their work. */
  private static final Map<String, Maker> SUMS =
      Map.of(
          AccuracySums.WORK, AccuracySums::of,
          AgreementTally.WORK, AgreementTally::of,
          CalibrationSums.WORK, CalibrationSums::of,
          ChannelMoments.WORK, ChannelMoments::of,
          FeatureSums.WORK, FeatureSums::of,
          OutputGradients.WORK, OutputGradients::of,
          Reestimation.WORK, Reestimation::of,
          TrialSums.WORK, TrialSums::of);

  void follow() {
    ProcessGroup group = summation.group();
    Parcel asked = Parcel.receive(group);
    for (; !asked.work().equals(Processes.END); asked = Parcel.receive(group)) {
      Parcel next = asked;
      Guard.run(
          next.work(),
          () -> {
            take(next);
            return true;
          });
    }
  }

  private void take(Parcel asked) {
    Execution execution = summation.execution();
    // Steps are taken over images to learn from, which are the first ones.
    ImageStore learned = summation.stores().get(0);
    switch (asked.work()) {
      case Learning.WORK -> Learning.follow(asked, learned, execution, summation.group());
      case FineTuning.WORK -> FineTuning.follow(asked, learned, compute, summation.group());
      case LeftOut.WORK -> LeftOut.tell(summation.group(), summation.stores());
      case Refitting.WORK -> Refitting.follow(asked, summation);
      default -> summation.follow(asked, Objects.requireNonNull(SUMS.get(asked.work())));
    }
  }
}
