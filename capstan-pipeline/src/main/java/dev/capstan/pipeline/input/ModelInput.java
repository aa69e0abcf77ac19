package dev.capstan.pipeline.input;

import dev.capstan.data.ArrayFeed;
import dev.capstan.data.Dataset;
import dev.capstan.data.Feed;
import dev.capstan.data.ImageStore;
import dev.capstan.data.PictureFeed;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Tail;
import dev.capstan.graph.TensorType;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.ort.RunInputs;
import dev.capstan.outputs.OutputKind;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.Decoders;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model file and how images become its inputs, read and checked.
 *
 * @param source the model, for images of the size that the feed gives
 * @param feed what is done to images
 * @param options what the user said of both
 * @param copies where models are read from
 */
public record ModelInput(SourceModel source, Feed feed, ImageOptions options, SourceCopies copies) {
  /**
   * A model for the images of a set.
   *
   * @param images pictures, or arrays of numbers
   * @param listener is told what is left alone, and what was assumed
   * @throws InvalidInputException if the images are none for the model
   */
  public static ModelInput of(
      SourceModel file, Dataset images, ImageOptions options, WorkListener listener) {
    file.graph().tail().ifPresent(tail -> listener.note(Tails.note(tail)));
    String held = Tails.held(file.graph());
    if (!held.isEmpty()) {
      listener.note(held);
    }
    if (options.outputs() == null) {
      OutputKind.embedding(file.graph()).ifPresent(why -> listener.note(embeddingNote(file, why)));
    }
    OpenSize.Chosen size = OpenSize.of(file, images, options.input()).orElse(null);
    ImageOptions used =
        size == null ? options : options.with(options.input().withCrop(size.extent()));
    Feed feed = feed(file.graph(), images, used.input());
    if (feed.preprocessing().isPresent() && !options.input().tellValues()) {
      String told = ToldPreprocessing.words(file.graph().metadata());
      String line =
          told.isEmpty()
              ? InnerScaling.hint(file.graph(), options.input())
              : "images as the model's metadata tell: " + told;
      if (!line.isEmpty()) {
        listener.note(line);
      }
    }
    SourceModel source = file.at(feed.shapes());
    if (source != file) {
      listener.note(sizeNote(feed, size));
    }
    return new ModelInput(source, feed, used, SourceCopies.NONE);
  }

  /** The same that reads others beside it from these copies. */
  ModelInput with(SourceCopies others) {
    return new ModelInput(source, feed, options, others);
  }

  private static String embeddingNote(SourceModel file, String why) {
    return "output '%s' is taken for an embedding by %s, and judged by how far it is off; setting 'outputs' classes says otherwise"
        .formatted(JudgedOutputs.of(file.graph()).get(0).name(), why);
  }

  private static Feed feed(Graph graph, Dataset images, PreprocessingOptions said) {
    if (!images.isOfArrays()) {
      return pictures(said, graph);
    }
    if (!said.equals(PreprocessingOptions.DEFAULT)) {
      throw new InvalidInputException(
          images.name(0)
              + ": arrays go into the network as they are: leave out what is said of pictures"
              + " (setting 'mean', 'std', 'range', 'channels', 'resize', 'size', 'crop', 'layout')");
    }
    return ArrayFeed.of(graph.inputs(), images);
  }

  /**
   * How pictures become a network's input.
   *
   * @throws InvalidInputException if they do not
   */
  public static Feed pictures(PreprocessingOptions said, Graph graph) {
    return new PictureFeed(Decoders.fast(), InputPreprocessing.of(said, graph));
  }

  /**
   * At which size a network is worked with that leaves it open, in words.
   *
   * @param chosen null for one that was said
   */
  public static String sizeNote(Feed feed, OpenSize.@Nullable Chosen chosen) {
    String why =
        chosen == null
            ? ""
            : " (%s); another is said with setting 'crop' WIDTHxHEIGHT".formatted(chosen.why());
    return "the network leaves the size of its images open: what it costs is told for "
        + sizes(feed)
        + why;
  }

  private static String sizes(Feed feed) {
    return feed.preprocessing()
        .map(shown -> "%d x %d pixels".formatted(shown.width(), shown.height()))
        .orElseGet(() -> "arrays of " + feed.shapes());
  }

  /** What the network's outputs are. */
  public OutputKind outputs() {
    return OutputKind.of(source.folded());
  }

  /** Whether the network's outputs are classes. */
  public boolean classifies() {
    return outputs() == OutputKind.CLASSES;
  }

  /** Another model for the same images and with outputs of the same kind, BatchNorm folded. */
  public Graph counterpart(Path file) {
    return SourceModel.read(file, copies, outputs(), options.given().keySet())
        .at(feed.shapes())
        .folded();
  }

  /** What a result's metadata tell of images, so that they need not be told again. */
  public Map<String, String> told() {
    PreprocessingOptions said = options.input().or(ToldPreprocessing.of(source.graph().metadata()));
    boolean open = source.graph().inputs().stream().anyMatch(SourceModel::leavesOpen);
    return feed.preprocessing()
        .map(used -> ToldPreprocessing.properties(used, said, open))
        .orElse(Map.of());
  }

  /** What a run of the model file is fed beside images. */
  public RunInputs runInputs() {
    return source.runInputs(options.given());
  }

  /**
   * The same where the tail was run on one of these images, so that its cost is known.
   *
   * @param listener is told if it cannot be run
   * @throws InvalidInputException if an input that it needs was not given
   */
  public ModelInput counted(ImageStore images, WorkListener listener) {
    Tail tail = source.graph().tail().orElse(null);
    if (tail == null) {
      return this;
    }
    List<String> missing = Tails.missing(source.graph(), options.given().keySet());
    if (!missing.isEmpty()) {
      throw new InvalidInputException(source.file() + ": " + Tails.ask(tail, missing.get(0)));
    }
    RunImages runs = new RunImages(images, source.graph().inputs(), 0);
    SourceModel seen = new TailRun(source, runInputs()).on(runs.runs(1, 1));
    if (seen.refusal() != null) {
      listener.note(
          "what comes after the part that is compressed is not run in ONNX Runtime: "
              + seen.refusal());
    }
    return new ModelInput(seen, feed, options, copies);
  }

  /** The number of classes that the network tells apart, -1 where its file leaves that open. */
  public long classes() {
    Graph graph = source.folded();
    TensorType output = ShapeInference.of(graph).get(JudgedOutputs.of(graph).get(0).name());
    return output == null ? -1 : output.shape().size(1);
  }
}
