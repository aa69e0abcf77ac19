package dev.capstan.pipeline.input;

import dev.capstan.error.InvalidInputException;
import dev.capstan.onnx.StoredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the models of a job are read from. Weights are mapped, and a mapped file that is cut short
 * ends the process; so a job that takes long copies them first.
 */
@FunctionalInterface
public interface SourceCopies {
  /** None: models are read where they lie. */
  SourceCopies NONE = StoredModel::at;

  /** The model that the user gave. */
  StoredModel of(Path model);

  /**
   * Copies in a folder of the job's own, each in one of its own.
   *
   * @param folder what becomes of it is the caller's affair
   */
  static SourceCopies in(Path folder) {
    return model -> {
      try {
        return StoredModel.copied(model, Files.createTempDirectory(folder, "source"));
      } catch (IOException e) {
        throw new InvalidInputException(
            "%s: cannot be copied to %s: %s".formatted(model, folder, e.getMessage()), e);
      }
    };
  }
}
