package dev.capstan.pipeline.input;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.error.InvalidInputException;
import dev.capstan.recipe.WorkListener;
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
    return learning(Datasets.open(path, Split.TRAIN), path, labelled);
  }

  /**
   * The same of a set that is open.
   *
   * @param path where it was opened
   */
  public ImageStore learning(Dataset set, Path path, boolean labelled) {
    if (!input.classifies()) {
      return store(set.withoutLabels());
    }
    if (labelled && !set.isLabelled()) {
      throw unlabelled(path);
    }
    List<String> names = names();
    try {
      return store(checked(Datasets.inOrder(set, names, path), path));
    } catch (InvalidInputException e) {
      if (labelled) {
        throw e;
      }
      listener.note(e.getMessage() + "; until then its images are taken without labels");
      return store(set.withoutLabels());
    }
  }

  /**
   * Images to judge by.
   *
   * @param labelled whether they are of no use without labels
   * @throws InvalidInputException if they cannot be listed, or lack labels that are needed
   */
  public ImageStore judging(Path path, boolean labelled) {
    return judging(Datasets.open(path, Split.TEST), path, labelled);
  }

  /** The same of a set that is open. */
  public ImageStore judging(Dataset found, Path path, boolean labelled) {
    Dataset set = Datasets.inOrder(found, names(), path);
    if (labelled && !set.isLabelled()) {
      throw unlabelled(path);
    }
    return store(input.classifies() ? checked(set, path) : set);
  }

  private List<String> names() {
    Path classes = input.options().classes();
    return classes == null ? List.of() : Datasets.readClasses(classes);
  }

  private ImageStore store(Dataset set) {
    set.notes().forEach(listener::note);
    if (set.isOfArrays() == input.feed().preprocessing().isPresent()) {
      throw new InvalidInputException(
          set.isOfArrays()
              ? set.name(0) + ": an array, where the network is shown pictures elsewhere"
              : set.name(0) + ": a picture, where the network is fed arrays elsewhere");
    }
    return new ImageStore(set, input.feed());
  }

  private static InvalidInputException unlabelled(Path path) {
    return new InvalidInputException(
        path + ": expected labelled images (DIR/CLASS/*.jpg), found a folder without classes");
  }

  /** The set, if its classes can be the network's. */
  private Dataset checked(Dataset set, Path path) {
    if (!set.isLabelled() || input.classes() < 0 || set.fits(input.classes())) {
      return set;
    }
    throw new InvalidInputException(mismatch(path, set));
  }

  private String mismatch(Path path, Dataset set) {
    List<String> names = set.classes();
    Path list = input.options().classes();
    if (list != null) {
      return "%s: %d class names, the network has %d classes: give one name an output, in their order"
          .formatted(list, names.size(), input.classes());
    }
    String some = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
    return "%s: %d classes (%s%s), the network has %d: %s"
        .formatted(
            path,
            names.size(),
            some,
            names.size() > NAMED ? ", ..." : "",
            input.classes(),
            remedy(names.size() - input.classes()));
  }

  /** What to do about folders that are too many or too few. */
  private String remedy(long more) {
    return more > 0
        ? "give images of these alone, and name them all, one a line in the order of its outputs, in a file for setting 'classes'"
        : "write the names of all %d, one a line in the order of its outputs, into a file classes.txt and add setting 'classes' classes.txt; of an embedding say setting 'outputs' values"
            .formatted(input.classes());
  }
}
