package dev.capstan.pipeline;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.Split;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.ort.Verification;
import dev.capstan.pipeline.CompressReport.Change;
import dev.capstan.pipeline.CompressReport.Machine;
import dev.capstan.pipeline.CompressReport.Stages;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.UniformRanks;
import dev.capstan.recipe.LearnRecipe;
import dev.capstan.recipe.Learned;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.Evaluation;
import dev.capstan.torch.ProjectionLearning;
import dev.capstan.torch.TorchNetwork;
import dev.capstan.torch.Training;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The whole job: reads the network, finds its channel spaces, gives each a rank, learns their
 * bases, compresses the kernels, fine-tunes, verifies the result in ONNX Runtime and only then
 * writes it.
 */
public final class Compressor {
  /** Images that the projections see at most, unless the job says otherwise. */
  private static final int MOST_IMAGES = 50_000;

  private final CompressJob job;
  private final WorkListener listener;
  private final long began = System.nanoTime();

  private Compressor(CompressJob job, WorkListener listener) {
    this.job = job;
    this.listener = listener;
  }

  /**
   * Does a job.
   *
   * @return what came of it; its files are written and verified
   * @throws InvalidInputException if what the user gave cannot be worked with; nothing is written
   *     then
   * @throws dev.capstan.ort.VerificationException if the result does not compute what it should;
   *     nothing is written then
   */
  public static CompressReport run(CompressJob job, WorkListener listener) {
    return new Compressor(job, listener).run();
  }

  private CompressReport run() {
    ResultFiles files = ResultFiles.checked(job);
    SourceModel source = SourceModel.read(job.model());
    Preprocessing preprocessing = job.images().input().resolve(source.graph());
    ImageStore learning = job.images().open(job.data(), Split.TRAIN, preprocessing);
    Judge judge = judge(learning, preprocessing);
    ChannelSpaces spaces = ChannelSpaces.of(source.folded(), ChannelSpaces.Residual.KEEP);
    Ranks ranks = ranks(source, spaces);

    judge.checkBaseline(source.folded(), job.acceptChance());
    Evaluation baseline = judge.of(source.folded(), "baseline");
    Learned learned = learn(source.folded(), spaces, ranks, learning);
    Graph projected = Compression.apply(source.folded(), spaces, learned.bases());
    Evaluation afterLearning = judge.of(projected, "projected");
    Graph tuned = fineTune(projected, source.folded(), learning);
    Evaluation afterTuning = tuned == projected ? null : judge.of(tuned, "fine-tuned");

    try (Results results = new Results(source, job, learning, files)) {
      Verification verification = results.write(tuned, spaces, learned.bases());
      CompressReport report =
          new CompressReport(
              change(source, tuned, Cost::macs),
              change(source, tuned, Cost::parameters),
              new Change(source.bytes(), results.bytes()),
              stages(Evaluation::top1, baseline, afterLearning, afterTuning),
              stages(Evaluation::top5, baseline, afterLearning, afterTuning),
              results.latencies(),
              verification,
              learned.imagesSeen() + (long) job.fineTuneEpochs() * learning.dataset().size(),
              (System.nanoTime() - began) * 1e-9,
              job.seed(),
              machine(learning),
              skipped(learning, judge),
              results.files());
      results.publish(report);
      return report;
    }
  }

  private static Change change(SourceModel source, Graph result, ToLongFunction<Cost> figure) {
    return new Change(
        figure.applyAsLong(Cost.of(source.graph())), figure.applyAsLong(Cost.of(result)));
  }

  private Judge judge(ImageStore learning, Preprocessing preprocessing) {
    Path validation = job.validation();
    ImageStore store =
        validation == null ? null : job.images().open(validation, Split.TEST, preprocessing);
    if (store != null && !store.dataset().isLabelled()) {
      throw new InvalidInputException(
          validation + ": expected labelled images to judge by, found a folder without classes");
    }
    return new Judge(learning, store, job.compute(), listener);
  }

  private Ranks ranks(SourceModel source, ChannelSpaces spaces) {
    long macs = Cost.of(source.folded()).macs();
    CostModel costs = new CostModel(source.folded(), spaces);
    return UniformRanks.allocate(spaces, costs, RankGrid.DEFAULT, job.keepMacs(), macs);
  }

  private Learned learn(Graph graph, ChannelSpaces spaces, Ranks ranks, ImageStore store) {
    int count =
        job.learnImages() > 0 ? job.learnImages() : Math.min(MOST_IMAGES, store.dataset().size());
    return ProjectionLearning.learn(
        graph,
        spaces,
        ranks,
        store,
        all(store.dataset()),
        LearnRecipe.standard(count, job.seed()),
        job.compute(),
        listener);
  }

  private static int[] all(Dataset dataset) {
    return IntStream.range(0, dataset.size()).toArray();
  }

  /** The trained network, the same one if no epoch is asked for. */
  private Graph fineTune(Graph projected, Graph teacher, ImageStore store) {
    return job.fineTuneEpochs() == 0
        ? projected
        : Training.fineTune(
            projected,
            teacher,
            store,
            all(store.dataset()),
            TrainRecipe.fineTuning(job.fineTuneEpochs(), job.seed()),
            job.compute(),
            null,
            listener);
  }

  private static Stages stages(
      Function<Evaluation, Double> figure,
      @Nullable Evaluation baseline,
      @Nullable Evaluation projected,
      @Nullable Evaluation fineTuned) {
    return new Stages(
        baseline == null ? null : figure.apply(baseline),
        projected == null ? null : figure.apply(projected),
        fineTuned == null ? null : figure.apply(fineTuned));
  }

  private Machine machine(ImageStore store) {
    return new Machine(
        Processor.name(),
        job.compute().threads(),
        TorchNetwork.precision(job.compute()),
        store.decoder().name());
  }

  private static List<String> skipped(ImageStore learning, Judge judge) {
    List<String> all = new ArrayList<>(learning.skipped());
    all.addAll(judge.skipped());
    return all;
  }
}
