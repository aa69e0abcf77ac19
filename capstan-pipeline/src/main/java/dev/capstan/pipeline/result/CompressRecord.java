package dev.capstan.pipeline.result;

import static java.util.Objects.requireNonNull;

import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import dev.capstan.job.CompressJob;
import dev.capstan.job.Inputs;
import dev.capstan.onnx.StoredModel;
import dev.capstan.pipeline.input.ImagesHash;
import dev.capstan.pipeline.input.ResultRecord;
import dev.capstan.report.CompressReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the record of a compression tells, {@code NAME.capstan.json}.
 *
 * @param file the record
 * @param job that was done
 * @param source SHA-256 of the model, in hexadecimal
 * @param images a hash of the images that were learned from, see {@link ImagesHash}; empty in
 *     records of versions that kept none
 * @param isOfPictures whether they were pictures, not arrays
 * @param sha256 hashes of the result's files, by their names
 * @param report what came of it
 */
public record CompressRecord(
    Path file,
    CompressJob job,
    String source,
    String images,
    boolean isOfPictures,
    Map<String, String> sha256,
    CompressReport report) {
  /** Copies the map. */
  public CompressRecord {
    sha256 = Map.copyOf(sha256);
  }

  /**
   * Reads a record.
   *
   * @param file the record, or the model that it lies beside
   * @throws InvalidInputException if there is no record of a compression
   */
  public static CompressRecord read(Path file) {
    Path record = ResultFiles.recordOf(file);
    try {
      JsonNode whole = JsonFile.JSON.readTree(InputFile.text(record));
      Map<String, String> hashes = new LinkedHashMap<>();
      whole
          .path(ResultRecord.FILES)
          .properties()
          .forEach(entry -> hashes.put(entry.getKey(), entry.getValue().asString("")));
      // Other JSON is read, too, and leaves null what it lacks.
      CompressJob job =
          requireNonNull(JsonFile.JSON.treeToValue(whole.path("job"), CompressJob.class));
      CompressReport report =
          requireNonNull(JsonFile.JSON.treeToValue(whole.path("result"), CompressReport.class));
      Stream.of(job.inputs(), job.options(), job.output(), report.files(), report.quality())
          .forEach(Objects::requireNonNull);
      return new CompressRecord(
          record,
          job,
          whole.path("source").asString(""),
          whole.path("images").asString(""),
          whole.path("preprocessing").isObject(),
          hashes,
          report);
    } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
      throw new InvalidInputException(
          record + ": expected the record of a compression, NAME.capstan.json, found another file",
          e);
    }
  }

  /**
   * Checks that a job that takes model or images of this one takes what this one took.
   *
   * @throws InvalidInputException naming what became another
   */
  public void check(CompressJob again) {
    Inputs was = job.inputs();
    Inputs now = again.inputs();
    if (isSame(was.model(), now.model())) {
      expect(now.model(), "model", source, StoredModel.at(now.model()).sha256());
    }
    if (isSame(was.data(), now.data()) && !images.isEmpty()) {
      String found = ImagesHash.of(Datasets.open(now.data(), Split.TRAIN));
      expect(now.data(), "data", images, found);
    }
  }

  private static boolean isSame(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private void expect(Path path, String what, String wanted, String found) {
    if (!found.equals(wanted)) {
      throw new InvalidInputException(
          "%s: is not what %s was made from: expected SHA-256 %s, found %s; to take it all the same, name another path to it as the %s"
              .formatted(path, file, shortened(wanted), shortened(found), what));
    }
  }

  private static String shortened(String sha256) {
    return sha256.length() > 12 ? sha256.substring(0, 12) + "..." : sha256;
  }

  /** Whether a result has the very numbers of this one; null where nothing tells. */
  public @Nullable Boolean hasBitsOf(CompressReport other) {
    CompressReport.Bits then = report.work().bits();
    CompressReport.Bits now = other.work().bits();
    return then == null || now == null ? null : then.initializers().equals(now.initializers());
  }
}
