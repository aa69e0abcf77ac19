package dev.capstan.pipeline.input;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.error.InvalidInputException;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.Decoders;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens sets of images for a network. Folders that are not its classes are no labels: where none
 * are needed any folders will do, else the user is told how to name the classes.
 *
 * @param input the network
 * @param listener is told what is left out of a set
 */
public record ImageSets(ModelInput input, WorkListener listener) {
  private static final int NAMED = 3;

  /**
   * Images to learn from.
   *
   * @param labelled whether they are of no use without labels
   * @throws InvalidInputException if they cannot be listed, or lack labels that are needed
   */
  ImageStore learning(Path path, boolean labelled) {
    Dataset set = open(path, Split.TRAIN);
    if (!set.isLabelled()) {
      return store(labelled ? failsUnlabelled(path) : set);
    }
    if (input.classifies() && fits(set)) {
      return store(set);
    }
    if (labelled) {
      throw new InvalidInputException(mismatch(path, set));
    }
    if (input.classifies()) {
      listener.note(mismatch(path, set) + "; until then its images are taken without labels");
    }
    return store(set.withoutLabels());
  }

  /**
   * Images to judge by.
   *
   * @param labelled whether they are of no use without labels
   * @throws InvalidInputException if they cannot be listed, or lack labels that are needed
   */
  public ImageStore judging(Path path, boolean labelled) {
    Dataset set = open(path, Split.TEST);
    if (labelled && !set.isLabelled()) {
      failsUnlabelled(path);
    }
    if (set.isLabelled() && input.classifies() && !fits(set)) {
      throw new InvalidInputException(mismatch(path, set));
    }
    return store(set);
  }

  private Dataset open(Path path, Split split) {
    Path classes = input.options().classes();
    return Datasets.open(path, split, classes == null ? List.of() : Datasets.readClasses(classes));
  }

  private ImageStore store(Dataset set) {
    set.notes().forEach(listener::note);
    return new ImageStore(set, Decoders.fast(), input.preprocessing());
  }

  private boolean fits(Dataset set) {
    return input.classes() < 0 || set.fits(input.classes());
  }

  private static Dataset failsUnlabelled(Path path) {
    throw new InvalidInputException(
        path + ": expected labelled images (DIR/CLASS/*.jpg), found a folder without classes");
  }

  private String mismatch(Path path, Dataset set) {
    List<String> names = set.classes();
    String some = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
    Path list = input.options().classes();
    return list == null
        ? "%s: %d classes (%s%s), the network has %d: name all of these, one a line in the order of its outputs, in a file for setting 'classes'"
            .formatted(path, names.size(), some, names.size() > NAMED ? ", ..." : "", input.classes())
        : "%s: %d class names, the network has %d classes: give one name an output, in their order"
            .formatted(list, names.size(), input.classes());
  }
}
