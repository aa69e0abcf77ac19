package dev.capstan.pipeline.result;

import dev.capstan.error.InvalidInputException;
import dev.capstan.job.CompressJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a result, side by side.
 *
 * @param model the ONNX file
 * @param bases its bases, {@code NAME.bases.safetensors}
 * @param record what was asked and what came of it, {@code NAME.capstan.json}
 */
public record ResultFiles(Path model, Path bases, Path record) {
  private static final String ONNX = ".onnx";

  static ResultFiles of(Path model) {
    String name = model.getFileName().toString();
    String stem = name.endsWith(ONNX) ? name.substring(0, name.length() - ONNX.length()) : name;
    return new ResultFiles(
        model,
        model.resolveSibling(stem + ".bases.safetensors"),
        model.resolveSibling(stem + ".capstan.json"));
  }

  /**
   * The files of a job, each of which can be written.
   *
   * @throws InvalidInputException if one cannot, or would replace the model that is read
   */
  public static ResultFiles checked(CompressJob job) {
    ResultFiles files = of(OutputFile.checked(job.output()));
    files.all().forEach(OutputFile::checked);
    if (isSame(job.inputs().model(), files.model)) {
      throw new InvalidInputException(
          files.model + ": is the model to compress, which its bases need; give another name");
    }
    return files;
  }

  private static boolean isSame(Path model, Path output) {
    try {
      return Files.exists(model) && Files.exists(output) && Files.isSameFile(model, output);
    } catch (IOException e) {
      throw new InvalidInputException(output + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The same names in another folder. */
  ResultFiles in(Path folder) {
    return of(folder.resolve(model.getFileName()));
  }

  /**
   * Tensors of a model too large for one file: beside it only where {@code OnnxWriter} needs it.
   */
  Path tensors() {
    return model.resolveSibling(model.getFileName() + ".data");
  }

  /** All of them, the model last. */
  List<Path> all() {
    return List.of(bases, record, tensors(), model);
  }
}
