package dev.capstan.pipeline.input;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.graph.OutputKind;
import dev.capstan.job.Inputs;
import dev.capstan.job.MetricChoice;
import dev.capstan.metric.Metric;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport.Machine;
import dev.capstan.report.Scores;
import dev.capstan.report.Stage;
import dev.capstan.report.UncompressedTail;
import dev.capstan.torch.TorchNetwork;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A setup, read and checked: what every course with it shares.
 *
 * @param learning the images to learn from
 * @param judge what tells how good a network is
 */
public record Session(Inputs setup, SourceModel source, ImageStore learning, Scorer judge) {
  /**
   * Reads the model and lists the images.
   *
   * @throws InvalidInputException if they cannot be worked with, or do not fit each other
   */
  public static Session open(Inputs setup, WorkListener listener) {
    MetricChoice choice = setup.metric();
    Metric metric = choice == null ? null : choice.metric();
    SourceModel file = SourceModel.read(setup.model(), setup.images().outputs());
    file.graph().tail().ifPresent(tail -> listener.note(UncompressedTail.note(tail)));
    Preprocessing preprocessing = setup.images().input().resolve(file.graph());
    SourceModel source = file.at(preprocessing);
    if (source != file) {
      listener.note(
          "the network leaves the size of its images open: what it costs is told for %d x %d pixels"
              .formatted(preprocessing.height(), preprocessing.width()));
    }
    ImageStore images = setup.images().learning(setup.data(), preprocessing, source.folded());
    boolean needsLabels = metric == null && OutputKind.of(source.folded()) == OutputKind.CLASSES;
    ImageStore given = setup.images().validation(setup.validation(), preprocessing, needsLabels);
    ImageStore judged = given == null ? images : given;
    Scorer judge =
        new Scorer(source.folded(), judged, given != null, metric, setup.compute(), listener);
    return new Session(setup, source, images, judge);
  }

  /**
   * How good the original is, null if there is nothing to judge by.
   *
   * @throws InvalidInputException if it does hardly better than chance and that is not accepted
   */
  public @Nullable Scores baseline() {
    judge.checkBaseline(setup.acceptChance());
    return judge.of(source.folded(), Stage.BASELINE.words());
  }

  /** What the work runs on and with. */
  public Machine machine() {
    return machine(setup.compute(), learning);
  }

  /** This machine, at work on these images. */
  public static Machine machine(Compute compute, ImageStore images) {
    return new Machine(
        Processor.name(),
        compute.threads(),
        TorchNetwork.precision(compute),
        images.decoder().name());
  }

  /** Images left out, each with what is wrong with it. */
  public List<String> skipped() {
    return Stream.concat(learning.skipped().stream(), judge.skipped().stream()).toList();
  }
}
