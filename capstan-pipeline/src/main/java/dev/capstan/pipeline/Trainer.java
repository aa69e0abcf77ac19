package dev.capstan.pipeline;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.OutputKind;
import dev.capstan.job.TrainJob;
import dev.capstan.pipeline.input.Scorer;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.result.Export;
import dev.capstan.pipeline.result.TrainedModel;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Scores;
import dev.capstan.report.TrainReport;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.torch.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network as it stands, compressed or not, verifies the result in ONNX Runtime and only
 * then writes it.
 *
 * <p>A run that its listener stops leaves a checkpoint; the same job goes on from there, to the
 * same bits.
 */
public final class Trainer {
  private final TrainJob job;
  private final WorkListener listener;
  private final long began = System.nanoTime();

  private Trainer(TrainJob job, WorkListener listener) {
    this.job = job;
    this.listener = listener;
  }

  /**
   * Does a job.
   *
   * @return what came of it; its files are written and verified
   * @throws InvalidInputException if what the user gave cannot be worked with
   * @throws dev.capstan.ort.VerificationException if the result does not compute what it should; it
   *     is not written then
   */
  public static TrainReport run(TrainJob job, WorkListener listener) {
    return new Trainer(job, listener).run();
  }

  private TrainReport run() {
    TrainedModel.checkFiles(job);
    SourceModel file = SourceModel.read(job.model(), job.images().outputs());
    Preprocessing preprocessing = job.images().input().resolve(file.graph());
    SourceModel source = file.at(preprocessing);
    OutputKind kind = OutputKind.of(source.folded());
    Graph teacher = teacher(preprocessing, kind);
    boolean classes = kind == OutputKind.CLASSES;
    if (!classes && teacher == null) {
      throw new InvalidInputException(
          job.model()
              + ": the outputs are no classes: name the model to learn from with --teacher");
    }
    ImageStore learning = job.images().learning(job.data(), preprocessing, source.folded());
    ImageStore given = job.images().validation(job.validation(), preprocessing, classes);
    Graph original = teacher == null ? source.folded() : teacher;

    Scores before = judged(original, source.folded(), given, "before");
    Graph trained = train(source, teacher, learning);
    Graph folded = Rewriter.apply(trained, new FoldBatchNorm());
    Scores after = judged(original, folded, given, "after");
    try (TrainedModel model = new TrainedModel(job, source, learning)) {
      Export.Verified verified = model.write(trained);
      TrainReport report =
          new TrainReport(
              before,
              after,
              verified.verification(),
              verified.tail(),
              job.recipe().schedule().imagesSeen(learning.dataset().size()),
              (System.nanoTime() - began) * 1e-9,
              job.recipe().seed(),
              Session.machine(job.compute(), learning),
              skipped(learning, given),
              model.files());
      model.publish(report);
      removeCheckpoint();
      return report;
    }
  }

  private @Nullable Graph teacher(Preprocessing preprocessing, OutputKind kind) {
    Path file = job.teacher();
    return file == null ? null : SourceModel.read(file, kind).at(preprocessing).folded();
  }

  private @Nullable Scores judged(
      Graph original, Graph graph, @Nullable ImageStore given, String stage) {
    return given == null
        ? null
        : new Scorer(original, given, true, null, job.compute(), listener).of(graph, stage);
  }

  private Graph train(SourceModel source, @Nullable Graph teacher, ImageStore images) {
    return Training.fineTune(
        source.open(),
        teacher,
        images,
        IntStream.range(0, images.dataset().size()).toArray(),
        job.recipe(),
        job.compute(),
        job.checkpoint(),
        listener);
  }

  private static List<String> skipped(ImageStore learning, @Nullable ImageStore given) {
    List<String> all = new ArrayList<>(learning.skipped());
    all.addAll(given == null ? List.of() : given.skipped());
    return all;
  }

  private void removeCheckpoint() {
    try {
      Files.deleteIfExists(job.checkpoint());
    } catch (IOException e) {
      throw new InvalidInputException(
          job.checkpoint() + ": the result is written, but this cannot be removed: " + e, e);
    }
  }
}
