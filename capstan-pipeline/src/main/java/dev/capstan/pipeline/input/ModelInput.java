package dev.capstan.pipeline.input;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Split;
import dev.capstan.data.Unlabelled;
import dev.capstan.data.format.Datasets;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.job.ImageOptions;
import dev.capstan.outputs.OutputKind;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.Decoders;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model file and how images become its input, read and checked.
 *
 * @param source the model, for images of the size that the preprocessing gives
 * @param preprocessing what is done to images
 * @param options what the user said of both
 */
public record ModelInput(SourceModel source, Preprocessing preprocessing, ImageOptions options) {
  /**
   * Reads a model.
   *
   * @param listener is told what is left alone, and what was assumed
   * @throws InvalidInputException if it is no model that can be worked with
   */
  public static ModelInput open(Path model, ImageOptions options, WorkListener listener) {
    SourceModel file = SourceModel.read(model, options.outputs());
    file.graph().tail().ifPresent(tail -> listener.note(Tails.note(tail)));
    Preprocessing preprocessing = InputPreprocessing.of(options.input(), file.graph());
    SourceModel source = file.at(preprocessing);
    if (source != file) {
      listener.note(
          "the network leaves the size of its images open: what it costs is told for %d x %d pixels"
              .formatted(preprocessing.height(), preprocessing.width()));
    }
    return new ModelInput(source, preprocessing, options);
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
    return SourceModel.read(file, outputs()).at(preprocessing).folded();
  }

  /** The images at a path, prepared for the network. */
  public ImageStore images(Path path, Split split) {
    Path classes = options.classes();
    List<String> order = classes == null ? List.of() : Datasets.readClasses(classes);
    Dataset dataset = Datasets.open(path, split, order);
    return new ImageStore(dataset, Decoders.fast(), preprocessing);
  }

  /** Images to learn from: labels are of no use to a network that does not classify. */
  ImageStore learning(Path path) {
    ImageStore store = images(path, Split.TRAIN);
    return !store.dataset().isLabelled() || classifies()
        ? store
        : new ImageStore(new Unlabelled(store.dataset()), store.decoder(), preprocessing);
  }

  /**
   * Images to judge by.
   *
   * @param path null for none
   * @param labelled whether they are of no use without labels
   * @throws InvalidInputException if they have none then
   */
  @Nullable ImageStore validation(@Nullable Path path, boolean labelled) {
    if (path == null) {
      return null;
    }
    ImageStore store = images(path, Split.TEST);
    if (labelled && !store.dataset().isLabelled()) {
      throw new InvalidInputException(
          path + ": expected labelled images to judge by, found a folder without classes");
    }
    return store;
  }
}
