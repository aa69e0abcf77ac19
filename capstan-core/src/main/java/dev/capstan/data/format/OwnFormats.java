package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.dataset.DatasetFormat;
import dev.capstan.dataset.DatasetFormat.ImageSet;
import dev.capstan.error.InvalidInputException;
import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.IntStream;

/** Formats of the user's own, found among the services on the class path. */
final class OwnFormats {
  private OwnFormats() {}

  /**
   * A set in one of them; empty if none of them reads it.
   *
   * @throws InvalidInputException if one does and cannot
   */
  static Optional<Dataset> open(Path path) {
    return all().stream()
        .filter(format -> format.reads(path))
        .findFirst()
        .map(f -> opened(f, path));
  }

  private static List<DatasetFormat> all() {
    ClassLoader own = DatasetFormat.class.getClassLoader();
    try {
      return ServiceLoader.load(DatasetFormat.class, own).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw new InvalidInputException(
          "class path: a data set format cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static Dataset opened(DatasetFormat format, Path path) {
    try {
      return new OwnSet(checked(format.open(path)));
    } catch (IOException e) {
      throw new InvalidInputException(
          "%s: cannot be read as %s: %s".formatted(path, format.name(), e.getMessage()), e);
    }
  }

  /** A label outside its classes would show only when a network has been run. */
  private static ImageSet checked(ImageSet set) throws IOException {
    int classes = set.classes().size();
    int wrong =
        IntStream.range(0, set.size())
            .filter(i -> set.label(i) < Dataset.UNLABELLED || set.label(i) >= classes)
            .findFirst()
            .orElse(-1);
    if (wrong >= 0) {
      throw new IOException(
          "%s has the label %d, expected one of %d classes, from 0"
              .formatted(set.name(wrong), set.label(wrong), classes));
    }
    return set;
  }

  /** Such a set as a set like any other. */
  private record OwnSet(ImageSet set) implements Dataset {
    @Override
    public int size() {
      return set.size();
    }

    @Override
    public List<String> classes() {
      return List.copyOf(set.classes());
    }

    @Override
    public int label(int index) {
      return set.label(index);
    }

    @Override
    public String name(int index) {
      return set.name(index);
    }

    @Override
    public RgbImage image(int index, ImageDecoder decoder) throws IOException {
      return set.image(index, decoder::decode);
    }
  }
}
