package dev.capstan.pipeline.compare;

import static dev.capstan.pipeline.result.JsonFile.JSON;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.files.InputFile;
import dev.capstan.job.CompareJob;
import dev.capstan.pipeline.result.JsonFile;
import dev.capstan.pipeline.result.SettingsDifference;
import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.CompareReport.Control.ControlRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Finished rows of a comparison, each a file that appears whole or not at all. */
public final class CompareFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CompareFolder.class);

  private final Path folder;

  private CompareFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder, if it is not there, and keeps other runs away from it.
   *
   * @return a place for what is needed meanwhile
   * @throws InvalidInputException if another run is writing there, or nothing can be written
   */
  public static Claim claim(Path folder) {
    boolean made = !Files.exists(folder);
    makeRows(folder);
    return new Claim(folder, made, DraftFolder.beside(folder.resolve("compare")));
  }

  /** A folder that no other run writes. One that is made for nothing is removed. */
  public record Claim(Path folder, boolean made, DraftFolder draft) implements AutoCloseable {
    @Override
    public void close() {
      draft.close();
      if (made) {
        try {
          Files.delete(folder.resolve("rows"));
          Files.delete(folder);
        } catch (IOException e) {
          // There are rows, or settings for some.
          LOG.debug("{} stays", folder, e);
        }
      }
    }
  }

  private static void makeRows(Path folder) {
    try {
      Files.createDirectories(folder.resolve("rows"));
    } catch (IOException e) {
      throw new InvalidInputException(folder + ": cannot be made: " + e.getMessage(), e);
    }
  }

  /**
   * The folder for rows of some settings, made if it is not there.
   *
   * @param settings what all rows have in common
   * @throws InvalidInputException if it holds rows of other settings
   */
  public static CompareFolder open(Path folder, Object settings) {
    makeRows(folder);
    Path file = folder.resolve("settings.json");
    JsonNode wanted = JSON.readTree(JSON.writeValueAsString(settings));
    if (Files.exists(file)) {
      checkSame(folder, read(file, JsonNode.class), wanted);
    } else {
      JsonFile.write(file, wanted);
    }
    return new CompareFolder(folder);
  }

  private static void checkSame(Path folder, JsonNode found, JsonNode wanted) {
    List<String> others = SettingsDifference.of(found, wanted, List.of()).lines();
    if (!others.isEmpty()) {
      throw new InvalidInputException(
          "%s: holds rows of other settings (%s): give another folder"
              .formatted(folder, others.get(0)));
    }
  }

  /** A row that was finished before. */
  public Optional<CompareRow> row(CompareJob.Key key) {
    return finished(file(key), CompareRow.class);
  }

  public void save(CompareJob.Key key, CompareRow row) {
    JsonFile.write(file(key), row);
  }

  /** The original as it was trained before with a seed. */
  public Optional<ControlRow> control(long seed) {
    return finished(file(seed), ControlRow.class);
  }

  public void save(ControlRow row) {
    JsonFile.write(file(row.seed()), row);
  }

  private Path file(CompareJob.Key key) {
    return folder.resolve("rows").resolve(key + ".json");
  }

  private Path file(long seed) {
    return folder.resolve("rows").resolve("original-" + seed + ".json");
  }

  private static <T> Optional<T> finished(Path file, Class<T> type) {
    return Files.exists(file) ? Optional.of(read(file, type)) : Optional.empty();
  }

  private static <T> T read(Path file, Class<T> type) {
    try {
      return JSON.readValue(InputFile.text(file), type);
    } catch (JacksonException e) {
      throw new InvalidInputException(
          file + ": cannot be read, remove it to do its work again: " + e.getMessage(), e);
    }
  }
}
