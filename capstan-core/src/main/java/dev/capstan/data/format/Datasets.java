package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.data.Split;
import dev.capstan.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Opens sets of images by what a path holds. */
public final class Datasets {
  private Datasets() {}

  /**
   * Opens tar shards, CIFAR binary files, folders of classes or a folder of images, looked for in
   * this order (what is in folders counts as classes until {@link Dataset#withoutLabels}); or a single .tar or CIFAR .bin file.
   *
   * @param split which images are meant where a folder holds both kinds of CIFAR files
   * @param classOrder class names in the order of the network's outputs; empty takes them in
   *     alphabetical order, or as the set's own files say
   * @throws InvalidInputException if there is nothing to read, or its classes are not among those
   *     given
   */
  public static Dataset open(Path path, Split split, List<String> classOrder) {
    if (!Files.exists(path)) {
      throw new InvalidInputException(path + ": no such file or folder");
    }
    Dataset set =
        Files.isDirectory(path) ? openFolder(path, split, classOrder) : openFile(path, classOrder);
    if (set.size() == 0) {
      throw new InvalidInputException(
          "%s: no images: expected image files, CIFAR *.bin or *.tar files, %s"
              .formatted(path, set instanceof ImageFolder folder ? folder.found() : "found none"));
    }
    return set;
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
    for (int i = 0; i < names.size(); i++) {
      if (names.indexOf(names.get(i)) < i) {
        throw new InvalidInputException(file + ": class '" + names.get(i) + "' stands there twice");
      }
    }
    return names;
  }

  private static Dataset openFolder(Path folder, Split split, List<String> classOrder) {
    List<Path> shards = Folders.entries(folder, file -> file.toString().endsWith(".tar"));
    if (!shards.isEmpty()) {
      return new TarShards(shards, classOrder);
    }
    List<Path> binaries = CifarFiles.in(folder, split);
    if (!binaries.isEmpty()) {
      return new CifarFiles(binaries, classOrder);
    }
    List<Path> folders = Folders.entries(folder, Files::isDirectory);
    return folders.isEmpty()
        ? ImageFolder.withoutLabels(folder)
        : ImageFolder.ofClasses(folder, folders, classOrder);
  }

  private static Dataset openFile(Path file, List<String> classOrder) {
    if (file.toString().endsWith(".tar")) {
      return new TarShards(List.of(file), classOrder);
    }
    if (file.toString().endsWith(".bin")) {
      return new CifarFiles(List.of(file), classOrder);
    }
    throw new InvalidInputException(
        file + ": a file, expected a folder of images (or a .tar or CIFAR .bin file)");
  }
}
