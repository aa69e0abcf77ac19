package dev.capstan.torch.internal.refit;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.jspecify.annotations.Nullable;

/**
 * Solves for the weights and bias of one layer after the other (docs/method.md, section 6.2): from
 * what the compressed network, refitted so far, feeds the layer, to what the original gives there.
 * Later layers so make up for the errors of earlier ones.
 *
 * <p>Every layer is solved for whose input differs from the original's, whether its own channels
 * are compressed or not.
 */
public final class Refitting {
  /** Bytes that the activations of all images may take, and the equations of a layer. */
  private static final long BUDGET = 2L << 30;

  /** Matrices of K x K numbers in float64 that solving for K inputs holds at once. */
  private static final long SQUARES = 4;

  /** What others take their part in. */
  public static final String WORK = "the refit";

  private final CompressedNetwork network;
  private final Summation summation;
  private final Execution execution;
  private final long budget;
  private final WorkListener listener;
  private @Nullable SealedFile file;

  /** A refit of a compressed network. */
  public Refitting(CompressedNetwork network, Summation summation) {
    this(network, summation, BUDGET);
  }

  /**
   * The same.
   *
   * @param file where the layers that are done with are kept, null for nowhere
   */
  public Refitting keptIn(@Nullable SealedFile file) {
    this.file = file;
    return this;
  }

  Refitting(CompressedNetwork network, Summation summation, long budget) {
    this.network = network;
    this.summation = summation;
    this.execution = summation.execution();
    this.listener = summation.listener();
    this.budget = budget;
  }

  /**
   * The network with the weights solved for.
   *
   * @throws InvalidInputException if there are no images
   */
  public Graph run(ImageSubset images, RefitRecipe recipe) {
    if (images.isEmpty()) {
      throw new InvalidInputException("no images to refit on");
    }
    ImageSubset sample = images.sample(recipe.images(), recipe.seed());
    RefitState state = new RefitState(file);
    boolean shared = summation.shares(sample, 1);
    if (shared) {
      summation.send(new RefitWork(network, recipe, state.state()).told(), sample);
    }
    ProcessGroup group = shared ? summation.group() : ProcessGroup.ALONE;
    return Rebuilding.apply(network.graph(), solved(sample, recipe, state, group));
  }

  /** Takes this process's part in a refit that another one leads. */
  public static void follow(Parcel told, Summation summation) {
    RefitWork work = RefitWork.of(told);
    RefitState state = RefitState.told(work.state());
    new Refitting(work.network(), summation)
        .solved(summation.images(told), work.recipe(), state, summation.group());
  }

  private List<Layer.Solved> solved(
      ImageSubset sample, RefitRecipe recipe, RefitState state, ProcessGroup group) {
    try (NoGradGuard guard = new NoGradGuard();
        Networks networks = new Networks(network.original(), network.graph(), execution)) {
      ActivationMemory memory = memory(networks, sample);
      int batch = (int) Math.min(recipe.batch(), memory.images(0));
      try (LayerwiseBatches batches =
          new LayerwiseBatches(networks, sample, batch, memory, group, execution.threads())) {
        return solve(new Fit(networks, batches, recipe, group), state, sample.size());
      }
    }
  }

  /** What all layers are solved for by. */
  private record Fit(
      Networks networks, LayerwiseBatches batches, RefitRecipe recipe, ProcessGroup group) {}

  private ActivationMemory memory(Networks networks, ImageSubset sample) {
    try (Batches single = sample.batches(1, execution.threads());
        PointerScope scope = new PointerScope()) {
      if (!single.hasNext()) {
        throw new InvalidInputException("no images to refit on");
      }
      return new ActivationMemory(networks, Tensors.of(single.next()), budget);
    }
  }

  private List<Layer.Solved> solve(Fit fit, RefitState state, long images) {
    List<Layer.Solved> solved = new ArrayList<>();
    List<Layer> layers = layers(fit.networks);
    if (layers.stream().allMatch(state::isDone)) {
      return layers.stream().map(state::solved).filter(Objects::nonNull).toList();
    }
    listener.begin("refit", layers.size());
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      List<BatchActivations> entered = fit.batches.reach(layer);
      LayerFit.Result result =
          state.isDone(layer)
              ? new LayerFit.Result(0, 0, state.solved(layer))
              : of(fit, layer).solve(entered, fit.recipe.ridge());
      state.add(layer, result.solved());
      if (result.solved() != null) {
        fit.networks.replace(result.solved());
        solved.add(result.solved());
      }
      if (i == 0 && fit.batches.images() < images) {
        noteRoom(layer, fit.batches.images(), images);
      }
      listener.advance(
          i + 1,
          List.of(
              new Figure("error before", result.before()), new Figure("after", result.after())));
    }
    state.write();
    listener.end();
    return solved;
  }

  private void noteRoom(Layer layer, long images, long all) {
    listener.note(
        "refit: layer '%s' is solved for on %d of %d images, all whose activations find room"
            .formatted(layer.name(), images, all));
  }

  private LayerFit of(Fit fit, Layer layer) {
    Graph original = fit.networks.original.graph();
    List<Target> targets =
        layer.uses().stream()
            .map(use -> original.nodes().get(use.position()))
            .map(node -> Target.of(network, original, layer, node))
            .toList();
    return new LayerFit(fit.networks, layer, targets, fit.recipe.seed(), fit.group);
  }

  private List<Layer> layers(Networks networks) {
    Graph graph = networks.compressed.graph();
    Map<String, TensorType> resized = ShapeInference.of(graph);
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Layer layer = Layer.of(graph, resized, i);
      if (layer != null && differs(networks, layer) && fits(layer)) {
        layers.add(layer);
      }
    }
    return layers;
  }

  /** Of layers with tens of thousands of inputs the equations alone would fill the memory. */
  private boolean fits(Layer layer) {
    boolean fits = SQUARES * Double.BYTES * layer.inputs() * layer.inputs() <= budget;
    if (!fits) {
      listener.note(
          "refit: layer '%s' keeps its weights: equations of its %d inputs do not fit into %.1f GB"
              .formatted(layer.name(), layer.inputs(), budget * 1e-9));
    }
    return fits;
  }

  /** Whether what the layer reads, in one place at least, is not what the original gives there. */
  private static boolean differs(Networks networks, Layer layer) {
    return layer.uses().stream()
        .map(use -> networks.original.graph().nodes().get(use.position()))
        .anyMatch(networks.differing::reads);
  }
}
