package dev.capstan.pipeline;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.graph.OutputKind;
import dev.capstan.metric.Metric;
import dev.capstan.pipeline.CompressReport.Machine;
import dev.capstan.recipe.WorkListener;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A setup, read and checked: what every course with it shares.
 *
 * @param learning the images to learn from
 * @param judge what tells how good a network is
 */
record Material(Setup setup, SourceModel source, ImageStore learning, Judge judge) {
  /**
   * Reads the model and lists the images.
   *
   * @throws InvalidInputException if they cannot be worked with, or do not fit each other
   */
  static Material open(Setup setup, WorkListener listener) {
    MetricChoice choice = setup.metric();
    Metric metric = choice == null ? null : choice.metric();
    SourceModel file = SourceModel.read(setup.model(), setup.images().outputs());
    file.graph().tail().ifPresent(tail -> listener.note(Carried.note(tail)));
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
    Judge judge =
        new Judge(source.folded(), judged, given != null, metric, setup.compute(), listener);
    return new Material(setup, source, images, judge);
  }

  /**
   * How good the original is, null if there is nothing to judge by.
   *
   * @throws InvalidInputException if it does hardly better than chance and that is not accepted
   */
  @Nullable Judgement baseline() {
    judge.checkBaseline(setup.acceptChance());
    return judge.of(source.folded(), Stage.BASELINE.words());
  }

  /** What writes and verifies results. */
  Export export(long seed) {
    return new Export(source, learning, setup.compute().threads(), seed);
  }

  /** What the work runs on and with. */
  Machine machine() {
    return Machine.of(setup.compute(), learning);
  }

  /** Images left out, each with what is wrong with it. */
  List<String> skipped() {
    return Stream.concat(learning.skipped().stream(), judge.skipped().stream()).toList();
  }
}
