package dev.capstan.torch.internal.criteria;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.CalibrationRecipe;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Freedom;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.learn.Calibration;
import dev.capstan.torch.internal.learn.OriginalRun;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Chooses the bases of a network by another method than learning. */
public final class Baseline {
  private final Graph graph;
  private final Graph trained;
  private final ChannelSpaces spaces;
  private final Ranks ranks;
  private final ImageStore store;
  private final int[] indices;
  private final Execution execution;
  private final WorkListener listener;

  /**
   * Choice by the images of a store that {@code indices} names.
   *
   * @param trained the graph before BatchNorm was folded: its filters are judged
   */
  public Baseline(
      Graph graph,
      Graph trained,
      ChannelSpaces spaces,
      Ranks ranks,
      ImageStore store,
      int[] indices,
      Execution execution,
      WorkListener listener) {
    this.graph = graph;
    this.trained = trained;
    this.spaces = spaces;
    this.ranks = ranks;
    this.store = store;
    this.indices = indices.clone();
    this.execution = execution;
    this.listener = listener;
  }

  /** The basis of each space that has a rank below its width. */
  public Bases choose(Method method, CalibrationRecipe recipe) {
    return switch (method) {
      case CAP -> throw new IllegalArgumentException("bases of cap are learned, not chosen");
      case RANDOM -> largest(random(recipe.seed())::get);
      case L1 -> largest(space -> Filters.of(graph, trained, spaces, space).norms());
      case FPGM -> largest(space -> Filters.of(graph, trained, spaces, space).distances());
      case TAYLOR -> taylor(recipe);
      case ACTIVATION -> activation(recipe);
      case PCA -> principal(recipe);
    };
  }

  private List<Space> compressed() {
    return spaces.compressible().stream().filter(s -> ranks.of(s) < s.width()).toList();
  }

  private Bases largest(Function<Space, double[]> scores) {
    Map<String, Basis> bases = new LinkedHashMap<>();
    compressed()
        .forEach(
            space ->
                bases.put(
                    space.name(),
                    Basis.ofLargest(scores.apply(space), ranks.of(space), space.groups())));
    return new Bases(bases);
  }

  /** All spaces draw, so that one space's choice does not hang on the ranks of others. */
  private Map<Space, double[]> random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<Space, double[]> scores = new HashMap<>();
    spaces
        .compressible()
        .forEach(space -> scores.put(space, random.doubles(space.width()).toArray()));
    return scores;
  }

  private Bases activation(CalibrationRecipe recipe) {
    Calibration energies = new Calibration(graph, spaces, compressed());
    observe(
        recipe, (original, batch) -> original.observe(tensor(batch), energies.batch(batch.size())));
    return largest(energies::energies);
  }

  /** Where channels may only be selected, the choice is the one by activation. */
  private Bases principal(CalibrationRecipe recipe) {
    List<Space> free = compressed().stream().filter(s -> s.freedom() == Freedom.FREE).toList();
    try (PointerScope scope = new PointerScope()) {
      SecondMoments moments = new SecondMoments(graph, spaces, free);
      Calibration energies = new Calibration(graph, spaces, compressed());
      observe(
          recipe,
          (original, batch) -> {
            OriginalRun.Observer energy = energies.batch(batch.size());
            original.observe(
                tensor(batch),
                (node, values) -> {
                  moments.after(node, values);
                  energy.after(node, values);
                });
          });
      Map<String, Basis> bases = new LinkedHashMap<>(largest(energies::energies).bySpace());
      free.forEach(space -> bases.put(space.name(), moments.basis(space, ranks.of(space))));
      return new Bases(bases);
    }
  }

  private void observe(CalibrationRecipe recipe, BiConsumer<OriginalRun, Batch> each) {
    try (OriginalRun original = new OriginalRun(graph, execution)) {
      forEach(recipe, batch -> each.accept(original, batch));
    }
  }

  private Bases taylor(CalibrationRecipe recipe) {
    TaskLoss loss = new TaskLoss(graph);
    boolean labelled = store.dataset().isLabelled();
    try (Taylor taylor = new Taylor(graph, spaces, compressed(), execution)) {
      forEach(
          recipe,
          batch ->
              taylor.add(
                  tensor(batch),
                  outputs ->
                      labelled
                          ? loss.crossEntropy(outputs.get(0), batch.labels())
                          : loss.ofOwnClasses(outputs)));
      return largest(taylor::scores);
    }
  }

  private void forEach(CalibrationRecipe recipe, Consumer<Batch> use) {
    Order order =
        Order.shuffled(indices, recipe.seed()).limit(Math.min(recipe.images(), indices.length));
    try (Batches batches =
        store.batches(order, Augmentation.NONE, recipe.batch(), execution.threads())) {
      listener.begin("calibrate", batches.count());
      for (long done = 1; batches.hasNext(); done++) {
        try (PointerScope scope = new PointerScope()) {
          use.accept(batches.next());
        }
        listener.advance(done, "");
      }
      listener.end();
    }
  }

  private static Tensor tensor(Batch batch) {
    return Tensors.of(batch.pixels(), batch.shape());
  }
}
