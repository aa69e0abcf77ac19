package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The names of classes, where the user gives them in the order of a network's outputs. */
final class ClassNames {
  private ClassNames() {}

  /**
   * A set with the given classes, each of its own among them.
   *
   * <p>ImageNet's own lists go on after the name, "n01440764 tench, Tinca tinca": where the whole
   * lines are not what is found, their first words may be. Classes that are but numbers are the
   * positions of the names.
   *
   * @throws InvalidInputException if one of its own is not
   */
  static Dataset inOrder(Dataset set, List<String> given, Path where) {
    List<String> found = set.classes();
    List<String> first = given.stream().map(name -> name.split("\\s", 2)[0]).toList();
    if (given.containsAll(found)) {
      return ordered(set, given);
    }
    if (first.containsAll(found) && Set.copyOf(first).size() == first.size()) {
      return ordered(set, first);
    }
    if (found.equals(numbers(found.size())) && found.size() <= given.size()) {
      return new Ordered(set, given, IntStream.range(0, found.size()).boxed().toList());
    }
    List<String> unknown = found.stream().filter(name -> !given.contains(name)).toList();
    throw new InvalidInputException(
        "%s: not among the %d class names given: %s; the names given: %s: correct the list, or move what is no class elsewhere"
            .formatted(where, given.size(), excerpt(unknown), excerpt(given)));
  }

  private static Dataset ordered(Dataset set, List<String> names) {
    return new Ordered(set, names, set.classes().stream().map(names::indexOf).toList());
  }

  /** As many numbers from 0 on, the names of classes that have no other. */
  static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  /** The names in a file, one a line. */
  static List<String> read(Path file) {
    return InputFile.text(file).lines().map(String::strip).filter(n -> !n.isEmpty()).toList();
  }

  private static String excerpt(List<String> names) {
    return names.size() <= 10
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 10)) + ", ...";
  }
}
