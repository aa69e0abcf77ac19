package dev.capstan.torch.internal.learn;

import dev.capstan.data.Batches;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Order;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Freedom;
import dev.capstan.space.Groups;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.CalibrationSums;
import dev.capstan.torch.internal.calibrate.OutputGradients;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.loss.TellingImages;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Learning from start to end: calibration, the start, then the recipe's steps. */
public final class Learning {
  /** What the steps of a learning are called that other processes take their part in. */
  public static final String WORK = "learning the bases";

  private final ChannelSpaces spaces;
  private final DataSplit images;
  private final Summation summation;
  private final Execution execution;
  private final WorkListener listener;
  private final @Nullable SealedFile file;
  private final Exchange exchange;

  /**
   * Learning on images.
   *
   * @param images those to learn from, and those that the course is watched on
   */
  public Learning(
      ChannelSpaces spaces, DataSplit images, Execution execution, WorkListener listener) {
    this(spaces, images, Summation.alone(execution, listener), null, Exchange.NONE);
  }

  /**
   * The same.
   *
   * @param summation of what is calibrated
   * @param file where it keeps what it has done, and goes on from; null for nowhere
   * @param exchange with the processes that take their part in the steps ({@link #follow})
   */
  public Learning(
      ChannelSpaces spaces,
      DataSplit images,
      Summation summation,
      @Nullable SealedFile file,
      Exchange exchange) {
    this.exchange = exchange;
    this.file = file;
    this.spaces = spaces;
    this.images = images;
    this.summation = summation;
    this.execution = summation.execution();
    this.listener = summation.listener();
  }

  /** Runs the recipe. */
  public Learned run(Ranks ranks, LearnRecipe recipe) {
    LearningState state = new LearningState(file, spaces, ranks);
    Learned end = state.end();
    return end == null ? run(ranks, recipe, state) : end;
  }

  private Learned run(Ranks ranks, LearnRecipe recipe, LearningState state) {
    LearningState.Begun kept = state.begun();
    TaskLoss loss = new TaskLoss(spaces.graph()).measured(spaces.graph(), images.seen(), execution);
    LearningState.Begun begun = kept == null ? begin(ranks, recipe, loss) : kept;
    if (kept == null) {
      state.begin(begun);
    }
    Bases start = begun.start();
    if (ranks.compressed(spaces).stream()
        .noneMatch(space -> Learner.learns(space, recipe.form()))) {
      return new Learned(start, start, begun.calibrated(), 0);
    }
    DataSplit drawn = drawn(recipe);
    new LearningWork(
            spaces, images.seen(), images.heldOut(), drawn.seen(), recipe, state.toTell(begun))
        .send(exchange);
    Learned learned = steps(loss, drawn, recipe, begun, state);
    state.end(learned);
    return learned;
  }

  /** What all processes do together. */
  private Learned steps(
      TaskLoss loss,
      DataSplit drawn,
      LearnRecipe recipe,
      LearningState.Begun begun,
      LearningState state) {
    Bases start = begun.start();
    try (Learner learner =
        new Learner(spaces, start, begun.scales(), recipe, execution, exchange)) {
      LearningRun run =
          new LearningRun(learner, loss, drawn, recipe, execution, listener, exchange);
      long seen = run.learn(begun, state);
      Bases bases = run.endedWorse() ? start : learner.bases();
      return new Learned(start, bases, begun.calibrated() + seen, run.rollBacks());
    }
  }

  /** Takes this process's part in the steps of a learning that another one leads. */
  public static void follow(
      Parcel parcel, ImageStore store, Execution execution, ProcessGroup group) {
    LearningWork work = LearningWork.of(parcel, store);
    Exchange exchange = parcel.exchange(group);
    LearningState state = LearningState.told(work.state(), work.spaces());
    LearningState.Begun begun = Objects.requireNonNull(state.begun());
    TaskLoss loss =
        new TaskLoss(work.spaces().graph()).measured(work.spaces().graph(), work.seen(), execution);
    DataSplit drawn = new DataSplit(work.drawn(), work.heldOut(), work.seen());
    new Learning(
            work.spaces(),
            DataSplit.undivided(work.seen()),
            Summation.alone(execution, WorkListener.NONE),
            null,
            exchange)
        .steps(loss, drawn, work.recipe(), begun, state);
  }

  private LearningState.Begun begin(Ranks ranks, LearnRecipe recipe, TaskLoss loss) {
    List<Space> compressed = ranks.compressed(spaces);
    Calibration calibration = new Calibration(spaces, compressed);
    long calibrated = calibrate(calibration, recipe);
    ImageSubset first = firstImages(recipe.calibrated(), recipe);
    OutputGradients.show(calibration, first, loss, summation);
    Bases start = calibration.start(ranks, recipe.form());
    List<Space> exchanged = exchanged(compressed, recipe.form());
    if (!exchanged.isEmpty()) {
      SwapSearch exchange = exchange(calibration, exchanged, start, recipe);
      start = exchange.bases();
      calibrated += exchange.seen();
    }
    return new LearningState.Begun(start, calibration.scales(), calibrated);
  }

  /** Spaces whose channels can be exchanged: bases that may mix them learn more than that. */
  private static List<Space> exchanged(List<Space> compressed, BasisForm form) {
    return compressed.stream()
        .filter(space -> form == BasisForm.OBLIQUE)
        .filter(space -> space.freedom() == Freedom.SELECT_ONLY)
        .filter(space -> space.groups().equals(Groups.NONE))
        .toList();
  }

  /** Forward runs of one image that exchanges in these spaces cost where so many are allowed. */
  public static double exchangeRuns(
      ChannelSpaces spaces, List<Space> compressed, double allowed, int available) {
    List<Space> exchanged = exchanged(compressed, BasisForm.OBLIQUE);
    return exchanged.isEmpty()
        ? 0
        : ExchangeEffort.of(spaces, exchanged, allowed, available).runs(spaces, exchanged);
  }

  private SwapSearch exchange(
      Calibration calibration, List<Space> exchanged, Bases chosen, LearnRecipe recipe) {
    int available = Math.min(images.seen().size(), recipe.images());
    ExchangeEffort effort = ExchangeEffort.of(spaces, exchanged, recipe.exchangeRuns(), available);
    try (PointerScope scope = new PointerScope();
        Batches batches = batches(firstImages(effort.images(), recipe).inOrder(), recipe);
        Lockstep networks = new Lockstep(spaces, chosen, execution)) {
      List<Tensor[]> tensors = new ArrayList<>();
      batches.forEachRemaining(batch -> tensors.add(Tensors.of(batch)));
      try (ExchangeRuns runs = new ExchangeRuns(networks, calibration.scales().values(), tensors)) {
        SwapSearch exchange = new SwapSearch(runs, calibration, chosen, listener);
        exchange.improve(exchanged, effort.tries());
        return exchange;
      }
    }
  }

  private DataSplit drawn(LearnRecipe recipe) {
    ImageSubset drawn =
        TellingImages.oftener(spaces.graph(), images.seen(), recipe.images(), execution);
    return new DataSplit(drawn, images.heldOut(), images.all());
  }

  /** The same order that learning goes on with: few-image runs see no image more. */
  private ImageSubset firstImages(int most, LearnRecipe recipe) {
    return images.seen().sample(Math.min(most, recipe.images()), recipe.seed());
  }

  private long calibrate(Calibration calibration, LearnRecipe recipe) {
    ImageSubset first = firstImages(recipe.calibrated(), recipe);
    try (CalibrationSums sums = new CalibrationSums(calibration, execution)) {
      summation.over("calibrate", first, recipe.batch(), sums);
    }
    return calibration.images();
  }

  private Batches batches(Order order, LearnRecipe recipe) {
    return images.seen().batches(order, recipe.batch(), execution.threads());
  }
}
