package dev.capstan.pipeline;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import dev.capstan.job.EvaluateJob;
import dev.capstan.job.EvaluateJob.Limits;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.pipeline.input.ImageSets;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.OutputCheck;
import dev.capstan.pipeline.input.Scorer;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.input.Tails;
import dev.capstan.pipeline.result.LatencyTiming;
import dev.capstan.pipeline.result.LimitCheck;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Scores;
import dev.capstan.report.Speed;
import dev.capstan.torch.TorchSession;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges a model file by images: labelled ones, another model's outputs, or the user's metric. */
public final class Evaluator {
  private Evaluator() {}

  /**
   * Judges a model.
   *
   * @throws InvalidInputException if the model cannot be run, if there is nothing to judge by, or
   *     the images have other labels than the model
   */
  public static Result run(EvaluateJob job, WorkListener listener) {
    Inputs inputs = job.inputs();
    SourceModel file = SourceModel.read(inputs.model(), inputs.images());
    Dataset set = Datasets.open(inputs.data(), Split.TEST);
    ModelInput input = ModelInput.of(file, set, inputs.images(), listener);
    Graph graph = input.source().folded();
    check(input, job);
    Graph compared = job.original() == null ? graph : input.counterpart(job.original());
    ImageSubset images = ImageSubset.all(images(input, set, job, listener));
    TorchSession torch = new TorchSession(inputs.compute(), listener);
    Scorer scorer = new Scorer(compared, images, true, Session.metric(inputs.metric()), torch);
    if (job.original() != null) {
      checkOriginal(OutputCheck.finite(job.original(), compared, images, inputs.compute()));
    }
    OutputCheck.finite(inputs.model(), graph, images, inputs.compute())
        .alike()
        .ifPresent(listener::note);
    Scores found = scorer.of(graph, "evaluate");
    if (!found.finite()) {
      throw new InvalidInputException(
          inputs.model()
              + ": its outputs are not finite for some images: nothing can be told of it");
    }
    Scores scores = job.original() == null ? found.withoutErrors() : found;
    Speed speed = speed(job, input.options(), set, images.store());
    List<String> missed = LimitCheck.missed(job.limits(), scores, speed);
    return new Result(scores, speed, missed, images.store().skipped());
  }

  /** Relative to outputs that never differ, every error is without end. */
  private static void checkOriginal(OutputCheck outputs) {
    outputs
        .alike()
        .ifPresent(
            alike -> {
              throw new InvalidInputException(alike + ": nothing can be measured by it");
            });
  }

  /** Labels are needed where they alone say anything of classes; another model says as much. */
  private static ImageStore images(
      ModelInput input, Dataset set, EvaluateJob job, WorkListener listener) {
    Path data = job.inputs().data();
    ImageSets sets = new ImageSets(input, listener);
    boolean others = job.original() != null || job.inputs().metric() != null;
    boolean labelled = input.classifies() && (job.limits().minTop1() != null || !others);
    return job.original() == null || labelled
        ? sets.judging(set, data, labelled)
        : sets.learning(set, data, false);
  }

  /** Both models in turns, if a limit says something of that. */
  private static @Nullable Speed speed(
      EvaluateJob job, ImageOptions options, Dataset set, ImageStore images) {
    Path original = job.original();
    if (job.limits().maxLatencyRatio() == null || original == null) {
      return null;
    }
    SourceModel file = SourceModel.read(original, options);
    ModelInput before =
        ModelInput.of(file, set, options, WorkListener.NONE).counted(images, WorkListener.NONE);
    String refusal = before.source().refusal();
    Tail tail = before.source().graph().tail().orElse(null);
    return LatencyTiming.measure(
        before, job.inputs().model(), tail == null ? null : Tails.told(tail, List.of(), refusal));
  }

  private static void check(ModelInput input, EvaluateJob job) {
    Path model = job.inputs().model();
    Limits limits = job.limits();
    boolean classes = input.classifies();
    if (job.original() == null && limits.needOriginal()) {
      throw new InvalidInputException(
          "setting 'min-agreement', setting 'max-error' and setting 'max-latency-ratio' compare"
              + " with another model: name it with setting 'original'");
    }
    if (!classes && job.original() == null && job.inputs().metric() == null) {
      throw new InvalidInputException(
          model
              + ": the outputs are no classes: name the model they should be like with setting"
              + " 'original', or a metric with setting 'metric'");
    }
    if (!classes && (limits.minTop1() != null || limits.minAgreement() != null)) {
      throw new InvalidInputException(
          model
              + ": the outputs are no classes, of which setting 'min-top1' and setting"
              + " 'min-agreement' say something: setting 'max-error' limits how far they may be off");
    }
  }

  /**
   * What was found of a model.
   *
   * @param scores accuracy and loss, and how far the outputs are from the original's
   * @param latencyMillis of the original and the model, null unless a limit asks for it
   * @param missed limits that the model does not keep to, in words
   * @param skippedImages images left out, each with what is wrong with it
   */
  public record Result(
      @JsonUnwrapped Scores scores,
      @Nullable Speed latencyMillis,
      List<String> missed,
      List<String> skippedImages) {}
}
