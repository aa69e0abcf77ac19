package dev.capstan.pipeline.input;

import dev.capstan.data.DataSplit;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.job.Inputs;
import dev.capstan.job.Inputs.MetricChoice;
import dev.capstan.metric.Metric;
import dev.capstan.ort.OrtModel;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Resume;
import dev.capstan.report.Machine;
import dev.capstan.report.Scores;
import dev.capstan.report.Stage;
import dev.capstan.torch.Processes;
import dev.capstan.torch.TorchSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a job, read and checked once, and what works on them: all its stages share this.
 *
 * @param inputs what was asked for, and the size of images where that was chosen
 * @param input the model and how images become its input
 * @param data the images to learn from, parted
 * @param scorer what tells how good a network is
 * @param torch what computes
 */
public record Session(
    Inputs inputs, ModelInput input, DataSplit data, Scorer scorer, TorchSession torch) {
  /**
   * Reads the model and lists the images.
   *
   * @throws InvalidInputException if they cannot be worked with, or do not fit each other
   */
  public static Session open(Inputs inputs, WorkListener listener) {
    return open(inputs, false, SourceCopies.NONE, listener);
  }

  /**
   * The same.
   *
   * @param labelled whether images to learn from are of no use without labels
   * @param copies where models are read from
   */
  public static Session open(
      Inputs inputs, boolean labelled, SourceCopies copies, WorkListener listener) {
    return open(inputs, labelled, copies, listener, null, Processes.ALONE);
  }

  /**
   * The same.
   *
   * @param resume where stages keep what they have done, null for nowhere
   * @param processes that share steps and sums
   */
  public static Session open(
      Inputs inputs,
      boolean labelled,
      SourceCopies copies,
      WorkListener listener,
      @Nullable Resume resume,
      Processes processes) {
    Metric metric = metric(inputs.metric());
    SourceModel file = SourceModel.read(inputs.model(), copies, inputs.images());
    Dataset images = Datasets.open(inputs.data(), Split.TRAIN);
    ModelInput read = ModelInput.of(file, images, inputs.images(), listener).with(copies);
    ImageSets sets = new ImageSets(read, listener);
    boolean needsLabels = metric == null && read.classifies();
    Path judging = inputs.validation();
    ImageStore given = judging == null ? null : sets.judging(judging, needsLabels);
    DataSplit data = DataSplit.of(sets.learning(images, inputs.data(), labelled));
    ModelInput input = read.counted(data.all().store(), listener);
    ImageSubset judged = given == null ? data.heldOut() : ImageSubset.all(given);
    List<ImageStore> stores = Stream.of(data.all().store(), judged.store()).distinct().toList();
    TorchSession torch = new TorchSession(inputs.compute(), listener, resume, processes, stores);
    Graph original = input.source().folded();
    Scorer scorer = new Scorer(original, judged, given != null, metric, torch);
    return new Session(inputs.with(input.options()), input, data, scorer, torch);
  }

  /** The metric that a choice means, null for none. */
  public static @Nullable Metric metric(@Nullable MetricChoice choice) {
    return choice == null ? null : Metrics.named(choice.name(), choice.jar());
  }

  /** The model. */
  public SourceModel source() {
    return input.source();
  }

  /** What holds the images to learn from. */
  public ImageStore store() {
    return data.all().store();
  }

  /** Who follows the work. */
  public WorkListener listener() {
    return torch.listener();
  }

  /**
   * Looks at the images, and at what the original makes of some, before any work; tells what is odd
   * about them.
   *
   * @param trained whether it must give different images different outputs, as a network whose
   *     training only begins may not
   * @throws InvalidInputException if outputs are not finite, or all alike and that is not accepted
   */
  public void look(boolean trained) {
    ImageCheck.notes(data.all(), inputs.compute().threads()).forEach(listener()::note);
    OutputCheck outputs =
        OutputCheck.finite(inputs.model(), source().folded(), data.all(), inputs.compute());
    String alike = outputs.alike().orElse(null);
    if (trained && alike != null) {
      if (!inputs.acceptChance()) {
        throw new InvalidInputException(alike + "; setting 'accept-chance' goes on all the same");
      }
      listener().note(alike);
    }
    if (alike == null) {
      outputs.meaningless().ifPresent(listener()::note);
    }
  }

  /**
   * How good the original is.
   *
   * @throws InvalidInputException if it does hardly better than chance and that is not accepted; on
   *     images to learn from, whose labels may be others, that is told
   */
  public Scores baseline() {
    scorer.checkBaseline(inputs.acceptChance());
    if (scorer.given()) {
      scorer.checkChance(data.all(), true);
    }
    return scorer.of(source().folded(), Stage.BASELINE.judging());
  }

  /** What the work runs on and with. */
  public Machine machine() {
    Map<String, String> libraries = new TreeMap<>(TorchSession.libraries());
    libraries.put("onnxruntime", OrtModel.version());
    libraries.put("java", Runtime.version().toString());
    return new Machine(
        Processor.name(),
        TorchSession.features(),
        inputs.compute().threads(),
        torch.precision(),
        store().feed().reader(),
        libraries);
  }

  /** Images left out by any process, each with what is wrong with it. */
  public List<String> skipped() {
    torch.hearOfSkipped();
    return Stream.concat(store().skipped().stream(), scorer.skipped().stream()).toList();
  }
}
