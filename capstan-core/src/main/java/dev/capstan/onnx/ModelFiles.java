package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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
      ExternalData data = new ExternalData(file);
      stored(file).forEach((location, elements) -> files.add(data.resolve(location, elements)));
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
    return new ModelFiles(files);
  }

  /**
   * Where the tensors of a model lie that are not in its file, as it says it, in the order of their
   * names, and how many elements all have that lie there.
   */
  static SortedMap<String, Double> stored(Path file) {
    ModelProto model = ModelFile.read(file);
    SortedMap<String, Double> stored = new TreeMap<>();
    StoredTensors.of(
        model,
        tensor -> {
          if (ExternalData.holds(tensor)) {
            stored.merge(ExternalData.location(tensor), elements(tensor), Double::sum);
          }
        });
    return stored;
  }

  private static double elements(TensorProto tensor) {
    return tensor.getDimsList().stream()
        .mapToDouble(size -> Math.max(0, size))
        .reduce(1, (a, b) -> a * b);
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
