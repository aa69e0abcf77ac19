package dev.capstan.pipeline.input;

import dev.capstan.data.ImageStore;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Tail;
import dev.capstan.graph.TensorType;
import dev.capstan.image.Preprocessing;
import dev.capstan.job.ImageOptions;
import dev.capstan.ort.RunInputs;
import dev.capstan.outputs.OutputKind;
import dev.capstan.recipe.WorkListener;
import java.nio.file.Path;
import java.util.List;

/**
 * A model file and how images become its input, read and checked.
 *
 * @param source the model, for images of the size that the preprocessing gives
 * @param preprocessing what is done to images
 * @param options what the user said of both
 * @param copies where models are read from
 */
public record ModelInput(
    SourceModel source, Preprocessing preprocessing, ImageOptions options, SourceCopies copies) {
  /**
   * Reads a model.
   *
   * @param listener is told what is left alone, and what was assumed
   * @throws InvalidInputException if it is no model that can be worked with
   */
  public static ModelInput open(Path model, ImageOptions options, WorkListener listener) {
    return open(model, options, SourceCopies.NONE, listener);
  }

  /**
   * The same.
   *
   * @param copies where the model, and others beside it, are read from
   */
  static ModelInput open(
      Path model, ImageOptions options, SourceCopies copies, WorkListener listener) {
    SourceModel file = SourceModel.read(model, copies, options.outputs(), options.given().keySet());
    file.graph().tail().ifPresent(tail -> listener.note(Tails.note(tail)));
    String held = Tails.held(file.graph());
    if (!held.isEmpty()) {
      listener.note(held);
    }
    Preprocessing preprocessing = InputPreprocessing.of(options.input(), file.graph());
    SourceModel source = file.at(preprocessing);
    if (source != file) {
      listener.note(
          "the network leaves the size of its images open: what it costs is told for %d x %d pixels"
              .formatted(preprocessing.height(), preprocessing.width()));
    }
    return new ModelInput(source, preprocessing, options, copies);
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
        .at(preprocessing)
        .folded();
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
  ModelInput counted(ImageStore images, WorkListener listener) {
    Tail tail = source.graph().tail().orElse(null);
    if (tail == null) {
      return this;
    }
    List<String> missing = Tails.missing(source.graph(), options.given().keySet());
    if (!missing.isEmpty()) {
      throw new InvalidInputException(source.file() + ": " + Tails.ask(tail, missing.get(0)));
    }
    RunImages runs = new RunImages(images, source.graph().inputs().get(0), 0);
    SourceModel seen = new TailRun(source, runInputs()).on(runs.runs(1, 1));
    if (seen.refusal() != null) {
      listener.note(
          "what comes after the part that is compressed is not run in ONNX Runtime: "
              + seen.refusal());
    }
    return new ModelInput(seen, preprocessing, options, copies);
  }

  /** The number of classes that the network tells apart, -1 where its file leaves that open. */
  public long classes() {
    Graph graph = source.folded();
    TensorType output = ShapeInference.of(graph).get(graph.outputs().get(0).name());
    return output == null ? -1 : output.shape().size(1);
  }
}
