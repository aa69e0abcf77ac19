package dev.capstan.pipeline;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Split;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.Evaluation;
import dev.capstan.torch.TorchNetwork;
import java.nio.file.Path;
import java.util.List;

/** Judges a model file by labelled images. */
public final class Evaluator {
  private Evaluator() {}

  /**
   * What was found.
   *
   * @param evaluation accuracy and loss
   * @param skippedImages images left out, each with what is wrong with it
   */
  public record Result(Evaluation evaluation, List<String> skippedImages) {}

  /**
   * Judges a model.
   *
   * @throws InvalidInputException if the model cannot be run, or the images have no labels or
   *     others than the model
   */
  public static Result run(
      Path model, Path data, ImageOptions images, Compute compute, WorkListener listener) {
    Graph graph = SourceModel.read(model).folded();
    ImageStore store = images.open(data, Split.TEST, images.input().resolve(graph));
    if (!store.dataset().isLabelled()) {
      throw new InvalidInputException(
          data + ": expected labelled images (DIR/CLASS/*.jpg), found a folder without classes");
    }
    try (TorchNetwork network = new TorchNetwork(graph, compute)) {
      Evaluation evaluation = network.evaluate(store, Judge.BATCH, listener);
      return new Result(evaluation, store.skipped());
    }
  }
}
