package dev.capstan.data.format;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The classes of a set: its own, or those the user gives in the order of a network's outputs. */
final class ClassNames {
  private ClassNames() {}

  /**
   * The given names, or the found ones if none are given; each found one must be among them.
   *
   * <p>ImageNet's own lists go on after the name, "n01440764 tench, Tinca tinca": where the whole
   * lines are not what is found, their first words may be.
   */
  static List<String> inOrder(List<String> found, List<String> given, Path where) {
    if (given.isEmpty()) {
      return found;
    }
    List<String> first = given.stream().map(name -> name.split("\\s", 2)[0]).toList();
    if (given.containsAll(found)) {
      return List.copyOf(given);
    }
    if (first.containsAll(found) && Set.copyOf(first).size() == first.size()) {
      return first;
    }
    List<String> unknown = found.stream().filter(name -> !given.contains(name)).toList();
    throw new InvalidInputException(
        "%s: not among the %d class names given: %s; the names given: %s: correct the list, or move what is no class elsewhere"
            .formatted(where, given.size(), excerpt(unknown), excerpt(given)));
  }

  /** The given names, or numbers if none are given; there must be one for each label. */
  static List<String> forNumbers(List<String> given, int largest, Path where) {
    if (given.isEmpty()) {
      return IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList();
    }
    if (largest >= given.size()) {
      throw new InvalidInputException(
          "%s: label %d, but only %d class names are given: %s"
              .formatted(where, largest, given.size(), excerpt(given)));
    }
    return List.copyOf(given);
  }

  /** The names in a file, one a line. */
  static List<String> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(file + ": no such file");
    }
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(n -> !n.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read as text: " + e.getMessage(), e);
    }
  }

  private static String excerpt(List<String> names) {
    return names.size() <= 10
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 10)) + ", ...";
  }
}
