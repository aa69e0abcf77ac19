package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All files of a model.
 *
 * @param files the model itself, then those its tensors lie in, in the order of their names
 */
public record ModelFiles(List<Path> files) {
  /** Copies the list. */
  public ModelFiles {
    files = List.copyOf(files);
  }

  /**
   * The files of a model that can be read.
   *
   * @throws InvalidInputException if it cannot
   */
  public static ModelFiles of(Path file) {
    List<Path> files = new ArrayList<>(List.of(file));
    try {
      locations(file).stream().map(new ExternalData(file)::resolve).forEach(files::add);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
    return new ModelFiles(files);
  }

  /**
   * Where the tensors of a model lie that are not in its file, as it says it, in the order of their
   * names.
   */
  static SortedSet<String> locations(Path file) {
    ModelProto model = ModelFile.read(file);
    SortedSet<String> locations = new TreeSet<>();
    StoredTensors.of(
        model,
        tensor -> {
          if (ExternalData.holds(tensor)) {
            locations.add(ExternalData.location(tensor));
          }
        });
    return locations;
  }

  /** Size of all of them. */
  public long bytes() {
    long sum = 0;
    for (Path file : files) {
      try {
        sum += Files.size(file);
      } catch (IOException e) {
        throw unreadable(file, e);
      }
    }
    return sum;
  }

  /** SHA-256 of their bytes, one file after the other, in hexadecimal. */
  public String sha256() {
    return Sha256.of(files);
  }

  private static InvalidInputException unreadable(Path file, IOException e) {
    return new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
  }
}
