package dev.capstan.torch;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.recipe.stage.Learned;
import dev.capstan.recipe.stage.MeasureRecipe;
import dev.capstan.recipe.stage.Measured;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.recipe.stage.Resume;
import dev.capstan.recipe.stage.Training;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.OutputGradients;
import dev.capstan.torch.internal.checkpoint.Checkpoint;
import dev.capstan.torch.internal.checkpoint.Journal;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.criteria.BasisChoice;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.LeftOut;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.BatchLoop;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Guard;
import dev.capstan.torch.internal.engine.InferenceBatch;
import dev.capstan.torch.internal.engine.Pace;
import dev.capstan.torch.internal.learn.Learning;
import dev.capstan.torch.internal.loss.LabelCheck;
import dev.capstan.torch.internal.loss.TellingImages;
import dev.capstan.torch.internal.paired.AgreementTally;
import dev.capstan.torch.internal.paired.MirrorCheck;
import dev.capstan.torch.internal.refit.Refitting;
import dev.capstan.torch.internal.sensitivity.Effort;
import dev.capstan.torch.internal.sensitivity.Measurement;
import dev.capstan.torch.internal.statistics.Reestimation;
import dev.capstan.torch.internal.tensor.Libtorch;
import dev.capstan.torch.internal.train.FineTuning;
import dev.capstan.torch.internal.watch.Course;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Work in libtorch, all of it in one precision on so many threads, followed by one listener. Holds
 * no native memory between calls; equal arguments give equal bits.
 *
 * <p>Networks have their batch open, and where nothing else is said BatchNorm is folded. Images are
 * labelled or not.
 */
public final class TorchSession {
  /** Elements of the outputs of a batch that is held: 256 MB. */
  private static final long HELD = 1L << 26;

  private final Compute compute;
  private final Execution execution;
  private final WorkListener listener;
  private final Journal journal;
  private final Exchange exchange;
  private final Summation summation;

  /** A session; nothing is loaded before its first work. */
  public TorchSession(Compute compute, WorkListener listener) {
    this(compute, listener, null);
  }

  /**
   * A session whose stages keep what they have done, and go on from that: measuring, learning,
   * refits and trainings. They must then be the same ones in the same order.
   *
   * @param resume where, null for nowhere
   */
  public TorchSession(Compute compute, WorkListener listener, @Nullable Resume resume) {
    this(compute, listener, resume, Processes.ALONE, List.of());
  }

  /**
   * The same by several processes: they share the steps of learning and of training, and the sums
   * over images that other stages take. All else the one that leads does alone, while the others
   * {@link #follow} it.
   *
   * @param stores of images that all processes have, in the same order; sums over images of others
   *     are not shared
   */
  public TorchSession(
      Compute compute,
      WorkListener listener,
      @Nullable Resume resume,
      Processes processes,
      List<ImageStore> stores) {
    this.exchange = new Exchange(processes.group(), compute.microBatches());
    this.compute = compute;
    this.execution = Execution.of(compute);
    this.listener = listener;
    this.journal = new Journal(resume, listener::note);
    this.summation = new Summation(processes.group(), stores, execution, listener);
  }

  /** What the work computes with. */
  public Compute compute() {
    return compute;
  }

  /** Where libtorch's libraries will be unpacked when they are loaded; null if they lie there. */
  public static @Nullable Path unpacksInto() {
    return Libtorch.unpacksInto();
  }

  /** Versions of the libraries that compute, by name. */
  public static Map<String, String> libraries() {
    return Libtorch.versions();
  }

  /** What of the processor's features is made use of: {@code AVX2}. */
  public static String features() {
    return Libtorch.features();
  }

  /** Who follows the work. */
  public WorkListener listener() {
    return listener;
  }

  /** The precision that {@code auto} means here, or the one asked for: {@code fp32}. */
  public String precision() {
    return execution.precision().name().toLowerCase(Locale.ROOT);
  }

  /**
   * Measures how far the outputs move, by their relative squared error (of logits where they are
   * classes), when one space alone is compressed, at up to eight ranks of the recipe's grid. No
   * labels are needed (docs/method.md, section 5.3).
   *
   * @param measured the spaces
   * @param images to measure on, as many of them as {@link #extent} says
   * @throws InvalidInputException if there are no images
   */
  public Measured sensitivities(
      ChannelSpaces spaces, List<Space> measured, MeasureRecipe recipe, ImageSubset images) {
    if (images.isEmpty()) {
      throw new InvalidInputException("no images to measure sensitivities on");
    }
    SealedFile file = journal.next("measure");
    return Guard.run(
        "measuring sensitivities",
        () -> new Measurement(spaces, measured, recipe, summation).keptIn(file).run(images));
  }

  /**
   * Takes this process's part in all that the one that leads asks for, until that has no more to
   * do.
   *
   * @throws dev.capstan.error.LostProcessException if that one is lost
   */
  public void follow() {
    new Follower(summation, compute).follow();
  }

  /**
   * Has the stores that all processes have leave out the images that other ones could not read: so
   * {@link ImageStore#skipped} tells of all.
   */
  public void hearOfSkipped() {
    LeftOut.hear(summation.group(), summation.stores());
  }

  /** How much a measurement looks at where there are so many images. */
  public static MeasureRecipe.Extent extent(
      ChannelSpaces spaces, List<Space> measured, MeasureRecipe recipe, int available) {
    return Effort.extent(spaces.graph(), measured, recipe, available);
  }

  /** Forward runs of one image that exchanges of selected channels cost where many are allowed. */
  public static double exchangeRuns(
      ChannelSpaces spaces, List<Space> compressed, double allowed, int available) {
    return Learning.exchangeRuns(spaces, compressed, allowed, available);
  }

  /** Whether a network finds things, with scores: then few images tell what another one misses. */
  public static boolean finds(Graph graph) {
    return TellingImages.tell(graph);
  }

  /** Forward runs of one image that it costs to see how outputs hang on channels. */
  public static double gradientRuns(Graph graph, int available) {
    return OutputGradients.runs(graph, available);
  }

  /**
   * Gives memory that no tensor takes back to the system: where the allocator keeps it ({@code
   * MALLOC_MMAP_MAX_=0}, as the launcher has it), pieces that one stage leaves would add to what
   * the next one takes.
   */
  public static void releaseMemory() {
    Pointer.trimMemory();
  }

  /**
   * Forward runs of one image through the original that watching a training costs.
   *
   * @param steps of the training
   * @param heldOut images that there are to watch it on
   * @param kept share of the original's cost
   */
  public static double watchingRuns(int steps, int heldOut, double kept) {
    return Math.min(Course.IMAGES, heldOut) * (1 + kept * Course.looks(steps));
  }

  /**
   * Seconds that a forward run of one image takes here, in batches.
   *
   * @param images to run on, at least one
   * @param nanoTime the clock
   */
  public double secondsPerRun(Graph graph, ImageSubset images, LongSupplier nanoTime) {
    return Guard.run("a run", () -> Pace.of(graph, images, execution, nanoTime));
  }

  /**
   * Learns all bases of a network at once, weights frozen (docs/method.md, section 4).
   *
   * @param images those to learn from, and those that the course is watched on: a run whose loss
   *     rises there goes back to its best bases
   * @throws InvalidInputException if labels do not fit the outputs
   */
  public Learned learn(RankAllocation allocation, DataSplit images, LearnRecipe recipe) {
    LabelCheck.images(allocation.graph(), images.seen().dataset());
    SealedFile file = journal.next("learn");
    return Guard.run(
        "learning the bases",
        () ->
            new Learning(allocation.spaces(), images, summation, file, exchange)
                .run(allocation.ranks(), recipe));
  }

  /**
   * Chooses a basis of each compressed space by another method than learning; of two channels of
   * equal score the one of lower index is kept.
   *
   * @param images unused unless the method {@link Method#seesImages sees} them
   * @throws InvalidInputException if labels do not fit the outputs, or there is no such method
   * @throws IllegalArgumentException for {@link Method#CAP}, which {@link #learn} runs
   */
  public Bases choose(
      Method method, RankAllocation allocation, ImageSubset images, CalibrationRecipe recipe) {
    LabelCheck.images(allocation.graph(), images.dataset());
    return Guard.run(
        "choosing the bases",
        () -> new BasisChoice(allocation, images, recipe, execution, listener).by(method));
  }

  /**
   * Re-estimates BatchNorm's statistics after compression, although BatchNorm was folded before it:
   * the channels of every Conv get the mean and variance on some images that the original's have
   * there. Without labels, gradients or another layer.
   *
   * @return the compressed network with new filters and biases. Convs that the original has not,
   *     and those whose weights are computed or shared, stay as they are; at full rank all do
   * @throws InvalidInputException if there are no images
   */
  public Graph reestimate(CompressedNetwork network, ImageSubset images, CalibrationRecipe recipe) {
    return Guard.run(
        "the re-estimation", () -> Reestimation.apply(network, images, recipe, summation));
  }

  /**
   * Solves for the weights of a compressed network by least squares, one layer after the other, so
   * that each gives what the original gives (docs/method.md, section 6.2). Needs no labels.
   *
   * @return a network with the same nodes, of which a MatMul may have become a Gemm; layers have
   *     other weights, and a bias where they had none
   * @throws InvalidInputException if there are no images
   */
  public Graph refit(CompressedNetwork network, ImageSubset images, RefitRecipe recipe) {
    SealedFile file = journal.next("refit");
    return Guard.run(
        "the refit", () -> new Refitting(network, summation).keptIn(file).run(images, recipe));
  }

  /**
   * Trains all weights of a network (docs/method.md, section 6.4): to give a teacher's outputs and
   * last feature map, and the labels where there are any. The result is the network after the last
   * epoch; its nodes and values have the names that were given.
   *
   * <p>A run with a checkpoint goes on from it, if the file is there, and gives the same bits as
   * one that was never stopped.
   *
   * @param graph the network, compressed or not, BatchNorm folded or not
   * @param teacher the network that it is compared with, best folded: it runs on every batch; null
   *     to learn from labels alone
   * @param images those to learn from, and those that the course is watched on: a run whose loss
   *     rises there goes back to its best state
   * @return the graph itself where nothing better was found
   * @throws InvalidInputException if there are neither labels nor a teacher, if they do not fit the
   *     outputs, or the checkpoint is another run's
   */
  public Graph fineTune(Graph graph, @Nullable Graph teacher, DataSplit images, Training training) {
    Path file = journal.path("train");
    if (file != null) {
      Checkpoint.removeDamaged(file, listener::note);
    }
    Training kept =
        training.checkpoint() == null
            ? new Training(training.recipe(), file, journal.elastic())
            : training;
    return Guard.run(
        "training",
        () -> new FineTuning(images, kept, compute, summation, exchange).run(graph, teacher));
  }

  /**
   * Whether a network says of mirror images what it says of the images, on most of them: else they
   * teach nothing.
   *
   * @param images at least one
   */
  public boolean mirrors(Graph graph, ImageSubset images) {
    return Guard.run("a run", () -> MirrorCheck.passes(graph, images, execution));
  }

  /**
   * Accuracy and loss over labelled images.
   *
   * @param what what the listener is told this is
   * @throws InvalidInputException if the set's classes do not fit the network's outputs
   */
  public Evaluation evaluate(Graph graph, ImageSubset images, String what) {
    try (AccuracySums sums = new AccuracySums(graph, images.dataset(), execution)) {
      return summation.over(what, images, InferenceBatch.of(graph), sums).evaluation();
    }
  }

  /**
   * Runs a network over images and shows what it gives of them, batch by batch.
   *
   * @param what what the listener is told this is
   * @param observer takes a batch and the outputs by name, float32
   */
  public void run(
      Graph graph,
      ImageSubset images,
      String what,
      BiConsumer<Batch, Map<String, Constant>> observer) {
    try (TorchNetwork network = new TorchNetwork(graph, compute);
        Batches batches = images.batches(batch(graph), compute.threads())) {
      BatchLoop.run(what, batches, listener, batch -> observer.accept(batch, network.run(batch)));
    }
  }

  /** Outputs of a batch are held as a whole: those of pictures only of so many as fit. */
  private static int batch(Graph graph) {
    long elements =
        graph.outputs().stream()
            .map(output -> output.type().shape())
            .mapToLong(TorchSession::elements)
            .sum();
    return (int) Math.max(1, Math.min(InferenceBatch.of(graph), HELD / Math.max(1, elements)));
  }

  /** Of one image; extents that are open count as 1. */
  private static long elements(Shape shape) {
    return shape.dims().stream()
        .skip(1)
        .filter(Dim::isKnown)
        .mapToLong(Dim::size)
        .reduce(1, (a, b) -> a * b);
  }

  /**
   * Compares a network with its original on images.
   *
   * @param images at least one
   * @param what what the listener is told this is, null to tell nothing
   */
  public Agreement agreement(
      Graph original, Graph network, ImageSubset images, @Nullable String what) {
    Summation heard = what == null ? summation.unheard() : summation;
    AgreementTally found =
        Guard.run(
            "comparing outputs",
            () -> AgreementTally.of(original, network, images, heard, what == null ? "" : what));
    return new Agreement(
        found.top1(), found.divergence(), found.accuracy(), found.outputErrors(), found.choices());
  }
}
