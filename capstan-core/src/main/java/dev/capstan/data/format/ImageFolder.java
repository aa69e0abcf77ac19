package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.error.InvalidInputException;
import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Image files in one folder a class, {@code DIR/<class>/...}, or without labels in one folder.
 *
 * <p>Files come class by class, sorted by path within a class.
 */
final class ImageFolder implements Dataset {
  /** Names that hold whole sets, not classes. */
  private static final Set<String> SPLITS = Set.of("train", "val", "valid", "validation", "test");

  private final Path root;
  private final List<String> classes;
  private final Names files = new Names();
  private int[] labels = {};

  private ImageFolder(Path root, List<String> classes) {
    this.root = root;
    this.classes = classes;
  }

  /** The images of a folder that belong to no class. */
  static ImageFolder unlabelled(Path root) {
    ImageFolder set = new ImageFolder(root, List.of());
    Folders.entries(root, Files::isRegularFile).stream()
        .filter(file -> Folders.isImage(file.toString()))
        .forEach(file -> set.files.add(file.getFileName().toString()));
    return set.labelRest(UNLABELLED);
  }

  /**
   * The images in the folders of classes.
   *
   * @param order the classes in the order of the network's outputs; empty means alphabetical
   */
  static ImageFolder ofClasses(Path root, List<Path> paths, List<String> order) {
    List<String> folders = paths.stream().map(path -> path.getFileName().toString()).toList();
    if (SPLITS.containsAll(folders)) {
      throw new InvalidInputException(
          root + ": its folders are sets, not classes: give one of " + String.join(", ", folders));
    }
    ImageFolder set = new ImageFolder(root, ClassNames.inOrder(folders, order, root));
    for (String folder : folders) {
      set.addClass(folder, set.classes.indexOf(folder));
    }
    return set;
  }

  private void addClass(String folder, int label) {
    List<Path> images = Folders.images(root.resolve(folder));
    if (images.isEmpty()) {
      throw new InvalidInputException(
          root.resolve(folder) + ": no .jpg, .jpeg or .png file in this class: remove the folder");
    }
    images.forEach(image -> files.add(folder + "/" + image));
    labelRest(label);
  }

  private ImageFolder labelRest(int label) {
    int known = labels.length;
    labels = Arrays.copyOf(labels, files.size());
    Arrays.fill(labels, known, labels.length, label);
    return this;
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public String name(int index) {
    return root.resolve(files.get(index)).toString();
  }

  @Override
  public RgbImage image(int index, ImageDecoder decoder) throws IOException {
    return decoder.decode(Files.readAllBytes(root.resolve(files.get(index))));
  }
}
