package dev.capstan.pipeline;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.Split;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.OutputKind;
import dev.capstan.job.Inputs;
import dev.capstan.job.MetricChoice;
import dev.capstan.pipeline.input.Scorer;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Scores;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges a model file by images: labelled ones, another model's outputs, or the user's metric. */
public final class Evaluator {
  private Evaluator() {}

  /**
   * What was found.
   *
   * @param judgement accuracy and loss, or errors of outputs that are no classes
   * @param skippedImages images left out, each with what is wrong with it
   */
  public record Result(Scores judgement, List<String> skippedImages) {}

  /**
   * Judges a model.
   *
   * @param setup the model, and the images as those to learn from
   * @param original the model that outputs which are no classes are compared with, null for none
   * @throws InvalidInputException if the model cannot be run, if there is nothing to judge by, or
   *     the images have other labels than the model
   */
  public static Result run(Inputs setup, @Nullable Path original, WorkListener listener) {
    MetricChoice choice = setup.metric();
    SourceModel file = SourceModel.read(setup.model(), setup.images().outputs());
    Preprocessing preprocessing = setup.images().input().resolve(file.graph());
    Graph graph = file.at(preprocessing).folded();
    ImageStore store = setup.images().open(setup.data(), Split.TEST, preprocessing);
    check(graph, store, setup, original);
    OutputKind kind = OutputKind.of(graph);
    Graph compared =
        original == null ? graph : SourceModel.read(original, kind).at(preprocessing).folded();
    Scorer judge =
        new Scorer(
            compared,
            store,
            true,
            choice == null ? null : choice.metric(),
            setup.compute(),
            listener);
    Scores judgement = judge.of(graph, "evaluate");
    if (judgement == null) {
      throw new IllegalStateException("checked above");
    }
    return new Result(original == null ? judgement.withoutErrors() : judgement, store.skipped());
  }

  private static void check(Graph graph, ImageStore store, Inputs setup, @Nullable Path original) {
    boolean classes = OutputKind.of(graph) == OutputKind.CLASSES;
    if (!classes && original == null && setup.metric() == null) {
      throw new InvalidInputException(
          setup.model()
              + ": the outputs are no classes: name the model they should be like with --original,"
              + " or a metric with --metric");
    }
    if (classes && original != null) {
      throw new InvalidInputException(
          setup.model() + ": the outputs are classes, which labels judge: leave --original out");
    }
    if (classes && setup.metric() == null && !store.dataset().isLabelled()) {
      throw new InvalidInputException(
          setup.data()
              + ": expected labelled images (DIR/CLASS/*.jpg), found a folder without classes");
    }
  }
}
