package dev.capstan.torch.internal.refit;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.recipe.RefitRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.engine.Execution;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * Solves for the weights and bias of one layer after the other (METHOD section 4, "Closed-form
 * refit"): from what the compressed network, refitted so far, feeds the layer, to what the original
 * gives there. Later layers so make up for the errors of earlier ones.
 *
 * <p>Every layer is solved for whose input differs from the original's, whether its own channels
 * are compressed or not.
 */
public final class Refitting {
  /** Bytes that the activations of all images may take. */
  private static final long BUDGET = 2L << 30;

  private final Graph original;
  private final ChannelSpaces spaces;
  private final Bases bases;
  private final Execution execution;
  private final long budget;
  private final WorkListener listener;
  private final Map<String, TensorType> types;

  /**
   * A refit of networks compressed from this one.
   *
   * @param original the network, BatchNorm folded, its batch open
   */
  public Refitting(
      Graph original,
      ChannelSpaces spaces,
      Bases bases,
      Execution execution,
      WorkListener listener) {
    this(original, spaces, bases, execution, BUDGET, listener);
  }

  Refitting(
      Graph original,
      ChannelSpaces spaces,
      Bases bases,
      Execution execution,
      long budget,
      WorkListener listener) {
    this.original = original;
    this.spaces = spaces;
    this.bases = bases;
    this.execution = execution;
    this.budget = budget;
    this.listener = listener;
    this.types = ShapeInference.of(original);
  }

  /** The compressed network with the weights solved for. */
  public Graph run(Graph compressed, ImageStore store, int[] indices, RefitRecipe recipe) {
    Order order =
        Order.shuffled(indices, recipe.seed()).limit(Math.min(recipe.images(), indices.length));
    try (NoGradGuard guard = new NoGradGuard();
        Networks networks = new Networks(original, compressed, execution);
        Batches batches =
            store.batches(order, Augmentation.NONE, recipe.batch(), execution.threads());
        LayerwiseBatches frontier = new LayerwiseBatches(networks, batches, budget)) {
      return Rebuilding.apply(compressed, solve(networks, frontier, order.images(), recipe));
    }
  }

  private List<Layer.Solved> solve(
      Networks networks, LayerwiseBatches frontier, long images, RefitRecipe recipe) {
    List<Layer.Solved> solved = new ArrayList<>();
    List<Layer> layers = layers(networks);
    listener.begin("refit", layers.size());
    for (int i = 0; i < layers.size(); i++) {
      LayerFit.Result result = solve(networks, frontier, layers.get(i), recipe);
      if (result.solved() != null) {
        networks.replace(result.solved());
        solved.add(result.solved());
      }
      if (i == 0 && frontier.images() < images) {
        noteRoom(layers.get(i), frontier.images(), images);
      }
      String figures =
          String.format(Locale.ROOT, "error %.4f -> %.4f", result.before(), result.after());
      listener.advance(i + 1, figures);
    }
    listener.end();
    return solved;
  }

  private void noteRoom(Layer layer, long images, long all) {
    listener.note(
        "refit: layer '%s' is solved for on %d of %d images, all whose activations find room"
            .formatted(layer.node().name(), images, all));
  }

  private LayerFit.Result solve(
      Networks networks, LayerwiseBatches frontier, Layer layer, RefitRecipe recipe) {
    Target target =
        Target.of(original, types, spaces, bases, original.nodes().get(layer.position()));
    List<BatchActivations> chunks = frontier.reach(layer.position());
    return new LayerFit(networks, layer, target, recipe.seed()).solve(chunks, recipe.ridge());
  }

  private static List<Layer> layers(Networks networks) {
    Graph graph = networks.compressed.graph();
    Map<String, TensorType> resized = ShapeInference.of(graph);
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Layer layer = networks.readsDrifted(i) ? Layer.of(graph, resized, i) : null;
      if (layer != null) {
        layers.add(layer);
      }
    }
    return layers;
  }
}
