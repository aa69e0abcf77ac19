package dev.capstan.torch.internal.learn;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Order;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
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
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Learning from start to end: calibration, the start, then the recipe's steps. */
public final class Learning {
  /** Images that calibration sees, at most. */
  private static final int CALIBRATION = 1024;

  /** Images that exchanges of channels are judged by, at most. */
  private static final int JUDGED = 128;

  private final ChannelSpaces spaces;
  private final ImageSubset images;
  private final Execution execution;
  private final WorkListener listener;
  private final TaskLoss taskLoss;

  /** Learning on these images. */
  public Learning(
      ChannelSpaces spaces, ImageSubset images, Execution execution, WorkListener listener) {
    this.spaces = spaces;
    this.images = images;
    this.execution = execution;
    this.listener = listener;
    this.taskLoss = new TaskLoss(spaces.graph());
  }

  /** Runs the recipe. */
  public Learned run(Ranks ranks, LearnRecipe recipe) {
    List<Space> compressed = ranks.compressed(spaces);
    Calibration calibration = new Calibration(spaces, compressed);
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
    try (Learner learner = new Learner(spaces, start, calibration.scales(), recipe, execution)) {
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
    try (PointerScope scope = new PointerScope();
        Batches batches = batches(firstImages(JUDGED, recipe).inOrder(), recipe);
        Lockstep networks = new Lockstep(spaces, chosen, execution)) {
      List<Tensor> tensors = new ArrayList<>();
      batches.forEachRemaining(batch -> tensors.add(Tensors.of(batch)));
      SwapSearch exchange = new SwapSearch(networks, calibration, tensors, chosen);
      exchanged.forEach(space -> exchange.improve(space, chosen.rank(space)));
      return exchange;
    }
  }

  /** The same order that learning goes on with: few-image runs see no image more. */
  private ImageSubset firstImages(int most, LearnRecipe recipe) {
    return images.sample(Math.min(most, recipe.images()), recipe.seed());
  }

  private long calibrate(Calibration calibration, LearnRecipe recipe) {
    long seen = 0;
    try (Batches batches = batches(firstImages(CALIBRATION, recipe).inOrder(), recipe);
        OriginalRun original = new OriginalRun(spaces.graph(), execution)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        try (PointerScope scope = new PointerScope()) {
          original.observe(Tensors.of(batch), calibration.batch(batch.size()));
        }
        seen += batch.size();
      }
    }
    return seen;
  }

  private long learn(Learner learner, LearnRecipe recipe) {
    Order order = images.shuffled(recipe.seed()).limit(recipe.images());
    long seen = 0;
    try (Batches batches = batches(order, recipe)) {
      listener.begin("learn", recipe.steps());
      Forecast forecast = new Forecast("learning", recipe.steps(), listener);
      for (int step = 0; batches.hasNext(); step++) {
        Batch batch = batches.next();
        Learner.Loss loss = step(learner, batch, recipe, step);
        seen += batch.size();
        forecast.step();
        listener.advance(step + 1, List.of(new Figure("loss", loss.rho())));
      }
      learner.finish(recipe.rate(recipe.steps() - 1));
      listener.end();
    }
    return seen;
  }

  private Batches batches(Order order, LearnRecipe recipe) {
    return images.batches(order, recipe.batch(), execution.threads());
  }

  private Learner.Loss step(Learner learner, Batch batch, LearnRecipe recipe, int step) {
    try (PointerScope scope = new PointerScope()) {
      return learner.step(
          Tensors.of(batch),
          result ->
              images.isLabelled()
                  ? taskLoss.crossEntropy(result.compressed().get(0), batch.labels())
                  : taskLoss.divergence(result.original(), result.compressed()),
          recipe.taskWeight(step),
          recipe.rate(step));
    }
  }
}
