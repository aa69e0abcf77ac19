package dev.capstan.torch.internal.learn;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.BasisForm;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.Learned;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Freedom;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Forecast;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The course of learning: calibration, the start, then the recipe's steps. */
public final class Learning {
  /** Images that calibration sees, at most. */
  private static final int CALIBRATION = 1024;

  /** Images that exchanges of channels are judged by, at most. */
  private static final int JUDGED = 128;

  private final Graph graph;
  private final ChannelSpaces spaces;
  private final ImageStore images;
  private final int[] indices;
  private final Execution execution;
  private final WorkListener listener;
  private final TaskLoss taskLoss;

  /** Learning on the images of a store that {@code indices} names. */
  public Learning(
      Graph graph,
      ChannelSpaces spaces,
      ImageStore images,
      int[] indices,
      Execution execution,
      WorkListener listener) {
    this.graph = graph;
    this.spaces = spaces;
    this.images = images;
    this.indices = indices.clone();
    this.execution = execution;
    this.listener = listener;
    this.taskLoss = new TaskLoss(graph);
  }

  /** Runs the recipe. */
  public Learned run(Ranks ranks, LearnRecipe recipe) {
    List<Space> compressed = ranks.compressed(spaces);
    Calibration calibration = new Calibration(graph, spaces, compressed);
    long calibrated = calibrate(calibration, recipe);
    Bases start = calibration.start(ranks, recipe.form());
    List<Space> exchanged = exchanged(compressed, recipe.form());
    if (!exchanged.isEmpty()) {
      SwapSearch exchange = exchange(calibration, exchanged, start, recipe);
      start = exchange.bases();
      calibrated += exchange.seen();
    }
    if (compressed.stream().noneMatch(space -> Learner.learns(space, recipe.form()))) {
      return new Learned(start, start, calibrated);
    }
    try (Learner learner =
        new Learner(graph, spaces, start, calibration.scales(), recipe, execution)) {
      long seen = learn(learner, recipe);
      return new Learned(start, learner.bases(), calibrated + seen);
    }
  }

  /** Spaces whose channels can be exchanged: bases that may mix them learn more than that. */
  private static List<Space> exchanged(List<Space> compressed, BasisForm form) {
    return compressed.stream()
        .filter(space -> form == BasisForm.OBLIQUE)
        .filter(space -> space.freedom() == Freedom.SELECT_ONLY && space.groups() == 1)
        .toList();
  }

  private SwapSearch exchange(
      Calibration calibration, List<Space> exchanged, Bases chosen, LearnRecipe recipe) {
    Order order = firstImages(JUDGED, recipe);
    try (PointerScope scope = new PointerScope();
        Batches batches = batches(order, recipe);
        Lockstep networks = new Lockstep(graph, spaces, chosen, execution)) {
      List<Tensor> tensors = new ArrayList<>();
      batches.forEachRemaining(batch -> tensors.add(tensor(batch)));
      SwapSearch exchange = new SwapSearch(networks, calibration, tensors, chosen);
      exchanged.forEach(space -> exchange.improve(space, chosen.rank(space)));
      return exchange;
    }
  }

  /** The same order that learning goes on with: few-image runs see no image more. */
  private Order firstImages(int most, LearnRecipe recipe) {
    return Order.shuffled(indices, recipe.seed())
        .limit(Math.min(most, Math.min(recipe.images(), indices.length)));
  }

  private long calibrate(Calibration calibration, LearnRecipe recipe) {
    Order order = firstImages(CALIBRATION, recipe);
    long seen = 0;
    try (Batches batches = batches(order, recipe);
        OriginalRun original = new OriginalRun(graph, execution)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        try (PointerScope scope = new PointerScope()) {
          original.observe(tensor(batch), calibration.batch(batch.size()));
        }
        seen += batch.size();
      }
    }
    return seen;
  }

  private long learn(Learner learner, LearnRecipe recipe) {
    Order order = Order.shuffled(indices, recipe.seed()).limit(recipe.images());
    long seen = 0;
    try (Batches batches = batches(order, recipe)) {
      listener.begin("learn", recipe.steps());
      Forecast forecast = new Forecast("learning", recipe.steps(), listener);
      for (int step = 0; batches.hasNext(); step++) {
        Batch batch = batches.next();
        Learner.Loss loss = step(learner, batch, recipe, step);
        seen += batch.size();
        forecast.step();
        listener.advance(step + 1, String.format(Locale.ROOT, "loss %.4f", loss.rho()));
      }
      learner.finish(recipe.rate(recipe.steps() - 1));
      listener.end();
    }
    return seen;
  }

  private Batches batches(Order order, LearnRecipe recipe) {
    return images.batches(order, Augmentation.NONE, recipe.batch(), execution.threads());
  }

  private Learner.Loss step(Learner learner, Batch batch, LearnRecipe recipe, int step) {
    try (PointerScope scope = new PointerScope()) {
      return learner.step(
          tensor(batch),
          result ->
              images.dataset().isLabelled()
                  ? taskLoss.crossEntropy(result.compressed().get(0), batch.labels())
                  : taskLoss.divergence(result.original(), result.compressed()),
          recipe.taskWeight(step),
          recipe.rate(step));
    }
  }

  private static Tensor tensor(Batch batch) {
    return Tensors.of(batch.pixels(), batch.shape());
  }
}
