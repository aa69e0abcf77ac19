package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.FileCopies;
import dev.capstan.files.FolderAlias;
import dev.capstan.files.InputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model on disk: what the user calls it, and where it is read from.
 *
 * @param name the file that the user named
 * @param file the one that is read: the same, or a copy that nobody else writes
 * @param bytes size of the model with the files its tensors lie in
 * @param sha256 of all these, one after the other, in hexadecimal
 */
public record StoredModel(Path name, Path file, long bytes, String sha256) {
  /** What messages call the files that are read: as the user does. */
  public FolderAlias alias() {
    return FolderAlias.of(file, name);
  }

  /**
   * A model that is read where it lies.
   *
   * @throws InvalidInputException if it cannot be read
   */
  public static StoredModel at(Path file) {
    ModelFiles files = ModelFiles.of(file);
    return new StoredModel(file, file, files.bytes(), files.sha256());
  }

  /**
   * Copies a model with the files its tensors lie in, and hashes them on the way: what becomes of
   * the user's files from now on changes nothing.
   *
   * @param folder where nothing lies but what this puts there
   * @throws InvalidInputException naming the model, if it cannot be read or there is no room
   */
  public static StoredModel copied(Path model, Path folder) {
    String flaw = InputFile.flaw(model);
    if (flaw != null) {
      throw new InvalidInputException(model + ": " + flaw);
    }
    try {
      ModelFile.checkSize(Files.size(model));
      FileCopies copies = new FileCopies(folder);
      Path copy = copies.add(model, model.getFileName());
      ExternalData data = new ExternalData(model);
      for (Map.Entry<String, Double> stored : ModelFiles.stored(copy).entrySet()) {
        Path file = data.resolve(stored.getKey(), stored.getValue());
        copies.add(file, Path.of(stored.getKey()).normalize());
      }
      return new StoredModel(model, copy, copies.bytes(), copies.sha256());
    } catch (IOException e) {
      throw new InvalidInputException(model + ": cannot be read: " + e.getMessage(), e);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(model + ": " + e.getMessage(), e);
    }
  }
}
