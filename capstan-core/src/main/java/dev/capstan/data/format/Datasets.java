package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.data.Split;
import dev.capstan.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Opens sets of images by what a path holds. */
public final class Datasets {
  private Datasets() {}

  /**
   * Opens a set with its classes in an order of its own: one in a format of the user's own, tar
   * shards, CIFAR binary files, folders of classes or a folder of images, looked for in this order
   * (what is in folders counts as classes until {@link Dataset#withoutLabels}); or a single .tar or
   * CIFAR .bin file. A folder without a picture may hold arrays of NumPy's.
   *
   * @param split which images are meant where a folder holds both kinds of CIFAR files
   * @throws InvalidInputException if there is nothing to read
   */
  public static Dataset open(Path path, Split split) {
    if (!Files.exists(path)) {
      throw new InvalidInputException(path + ": no such file or folder");
    }
    Dataset set = OwnFormats.open(path).orElseGet(() -> openKnown(path, split));
    if (set.size() == 0) {
      throw new InvalidInputException(
          "%s: no images: expected image files, CIFAR *.bin or *.tar files, or .npz files of arrays, %s"
              .formatted(path, set instanceof ImageFolder folder ? folder.found() : "found none"));
    }
    return set;
  }

  /**
   * A set with its classes in the order of a network's outputs.
   *
   * @param names as {@link #readClasses} reads them; none leave the set's own order: alphabetical,
   *     or as its files say
   * @param where what a message calls the set
   * @throws InvalidInputException if one of its classes is not among them
   */
  public static Dataset inOrder(Dataset set, List<String> names, Path where) {
    return names.isEmpty() || !set.isLabelled() ? set : ClassNames.inOrder(set, names, where);
  }

  /**
   * The class names in a text file, one a line, in the order of the network's outputs; what folders
   * or labels say may also be a line's first word, as in ImageNet's lists.
   *
   * @throws InvalidInputException if it cannot be read, is empty or names a class twice
   */
  public static List<String> readClasses(Path file) {
    List<String> names = ClassNames.read(file);
    if (names.isEmpty()) {
      throw new InvalidInputException(file + ": no class names: expected one a line");
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new InvalidInputException(file + ": class '" + name + "' stands there twice");
      }
    }
    return names;
  }

  private static Dataset openKnown(Path path, Split split) {
    return Files.isDirectory(path) ? openFolder(path, split) : openFile(path);
  }

  private static Dataset openFolder(Path folder, Split split) {
    List<Path> shards = Folders.entries(folder, file -> file.toString().endsWith(".tar"));
    if (!shards.isEmpty()) {
      return new TarShards(shards);
    }
    List<Path> binaries = CifarFiles.in(folder, split);
    if (!binaries.isEmpty()) {
      return new CifarFiles(binaries);
    }
    ImageFolder pictures = openFolder(folder, FileKind.PICTURES);
    ImageFolder arrays = pictures.size() > 0 ? pictures : openFolder(folder, FileKind.ARRAYS);
    return arrays.size() > 0 ? arrays : pictures;
  }

  private static ImageFolder openFolder(Path folder, FileKind kind) {
    List<Path> folders = Folders.entries(folder, Files::isDirectory);
    return folders.isEmpty()
        ? ImageFolder.withoutLabels(folder, kind)
        : ImageFolder.ofClasses(folder, kind, folders);
  }

  private static Dataset openFile(Path file) {
    if (file.toString().endsWith(".tar")) {
      return new TarShards(List.of(file));
    }
    if (file.toString().endsWith(".bin")) {
      return new CifarFiles(List.of(file));
    }
    throw new InvalidInputException(
        file + ": a file, expected a folder of images (or a .tar or CIFAR .bin file)");
  }
}
