package dev.capstan.pipeline;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.job.EvaluateJob;
import dev.capstan.job.Inputs;
import dev.capstan.pipeline.input.ImageSets;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.OutputCheck;
import dev.capstan.pipeline.input.Scorer;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Scores;
import dev.capstan.torch.TorchSession;
import java.util.List;

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
    boolean needsLabels = input.classifies() && inputs.metric() == null;
    ImageSubset images =
        ImageSubset.all(new ImageSets(input, listener).judging(set, inputs.data(), needsLabels));
    Graph compared = job.original() == null ? graph : input.counterpart(job.original());
    TorchSession torch = new TorchSession(inputs.compute(), listener);
    Scorer scorer = new Scorer(compared, images, true, Session.metric(inputs.metric()), torch);
    OutputCheck.finite(inputs.model(), graph, images, inputs.compute());
    Scores scores = scorer.of(graph, "evaluate");
    if (!scores.finite()) {
      throw new InvalidInputException(
          inputs.model()
              + ": its outputs are not finite for some images: nothing can be told of it");
    }
    return new Result(
        job.original() == null ? scores.withoutErrors() : scores, images.store().skipped());
  }

  private static void check(ModelInput input, EvaluateJob job) {
    Inputs inputs = job.inputs();
    boolean classes = input.classifies();
    if (!classes && job.original() == null && inputs.metric() == null) {
      throw new InvalidInputException(
          inputs.model()
              + ": the outputs are no classes: name the model they should be like with setting"
              + " 'original', or a metric with setting 'metric'");
    }
    if (classes && job.original() != null) {
      throw new InvalidInputException(
          inputs.model()
              + ": the outputs are classes, which labels judge: leave setting 'original' out");
    }
  }

  /**
   * What was found of a model.
   *
   * @param scores accuracy and loss, or errors of outputs that are no classes
   * @param skippedImages images left out, each with what is wrong with it
   */
  public record Result(Scores scores, List<String> skippedImages) {}
}
