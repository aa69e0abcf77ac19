package dev.capstan.pipeline.result;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.files.InputFile;
import dev.capstan.files.Sha256;
import dev.capstan.job.CompressJob;
import dev.capstan.pipeline.input.ResultRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of a result, side by side.
 *
 * @param model the ONNX file
 * @param bases its bases, {@code NAME.bases.safetensors}
 * @param record what was asked and what came of it, {@code NAME.capstan.json}
 */
public record ResultFiles(Path model, Path bases, Path record) {
  /** Those of a model that is, or is to be, a result. */
  public static ResultFiles of(Path model) {
    Path bases = model.resolveSibling(ResultRecord.stem(model) + ".bases.safetensors");
    return new ResultFiles(model, bases, ResultRecord.of(model));
  }

  /**
   * The record that a file is, or that lies beside a model.
   *
   * @throws InvalidInputException if none does
   */
  public static Path recordOf(Path file) {
    if (ResultRecord.isOne(file)) {
      return file;
    }
    Path record = ResultRecord.of(file);
    if (InputFile.flaw(record) != null) {
      throw new InvalidInputException(
          "%s: is no result of Capstan, or has lost its record: there is no %s; name a file that 'compress' or 'train' wrote, with its record beside it"
              .formatted(InputFile.checked(file), record));
    }
    return record;
  }

  /** Where the result for a model goes where nobody says: {@code NAME-small.onnx} beside it. */
  public static Path small(Path model) {
    return model.resolveSibling(ResultRecord.stem(model) + "-small.onnx");
  }

  /**
   * The files of a job, each of which can be written.
   *
   * @throws InvalidInputException if one cannot, or would replace the model that is read, or if
   *     that is not there, which is said before anything of what would come of it
   */
  public static ResultFiles checked(CompressJob job) {
    InputFile.checked(job.inputs().model());
    ResultFiles files = of(OutputFile.checked(job.output()));
    files.all().forEach(OutputFile::checked);
    if (isSame(job.inputs().model(), files.model)) {
      throw new InvalidInputException(
          files.model + ": is the model to compress, which its bases need; give another name");
    }
    if (!job.overwrite() && Files.exists(files.model) && !Files.exists(files.record)) {
      throw new InvalidInputException(
          "%s: is there already, and no record of a result beside it (%s) says that it may be replaced; give another name, or setting 'force'"
              .formatted(files.model, files.record.getFileName()));
    }
    return files;
  }

  /**
   * Where they are made; no other run makes the same files while that is open.
   *
   * @throws InvalidInputException if another run does
   */
  public DraftFolder draft() {
    return DraftFolder.beside(model);
  }

  /**
   * Checks that those that are there are the files of one result.
   *
   * @throws InvalidInputException naming the file that is another's
   */
  public void checkWhole() {
    if (Files.exists(model)) {
      ResultRecord.check(model);
    }
  }

  /** Whether an output is a file that is read. */
  static boolean isSame(Path model, Path output) {
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

  /** All of them, the record last: it tells of the others. */
  List<Path> all() {
    return List.of(bases, tensors(), model, record);
  }

  /** Hashes of those that are there, but for the record. */
  Map<String, String> sha256() {
    return Sha256.each(Stream.of(bases, tensors(), model).filter(Files::exists).toList());
  }
}
