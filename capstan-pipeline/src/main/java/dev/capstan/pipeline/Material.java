package dev.capstan.pipeline;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.Split;
import dev.capstan.data.Unlabelled;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.metric.Metric;
import dev.capstan.pipeline.CompressReport.Machine;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.OutputErrors;
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
    SourceModel file = SourceModel.read(setup.model());
    file.graph().tail().ifPresent(tail -> listener.note(Carried.note(tail)));
    Preprocessing preprocessing = setup.images().input().resolve(file.graph());
    SourceModel source = file.at(preprocessing);
    if (source != file) {
      listener.note(
          "the network leaves the size of its images open: what it costs is told for %d x %d pixels"
              .formatted(preprocessing.height(), preprocessing.width()));
    }
    ImageStore images = setup.images().open(setup.data(), Split.TRAIN, preprocessing);
    boolean needsLabels = metric == null && OutputErrors.areClasses(source.folded());
    ImageStore given = setup.images().validation(setup.validation(), preprocessing, needsLabels);
    ImageStore judged = given == null ? images : given;
    Judge judge =
        new Judge(source.folded(), judged, given != null, metric, setup.compute(), listener);
    return new Material(setup, source, learning(source.folded(), images), judge);
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

  /** Labels are of no use to a network that does not classify. */
  private static ImageStore learning(Graph graph, ImageStore images) {
    return !images.dataset().isLabelled() || OutputErrors.areClasses(graph)
        ? images
        : new ImageStore(
            new Unlabelled(images.dataset()), images.decoder(), images.preprocessing());
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
