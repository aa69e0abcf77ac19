package dev.capstan.pipeline.result;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.files.InputFile;
import dev.capstan.files.Sha256;
import dev.capstan.files.TemporaryFolder;
import dev.capstan.job.ImageOptions;
import dev.capstan.onnx.StoredModel;
import dev.capstan.ort.result.Verification;
import dev.capstan.ort.result.VerificationException;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.RunImages;
import dev.capstan.pipeline.input.SourceCopies;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Quality.Decision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether the files of a result are those that its record tells of, whether its kernels
 * follow from the original and the bases, and whether ONNX Runtime computes what the file says.
 */
public final class ResultVerifier {
  private static final int DRAWN = 16;

  private final Question asked;
  private final CompressRecord record;
  private final Path model;
  private final List<String> failures = new ArrayList<>();
  private final List<String> unchecked = new ArrayList<>();

  private ResultVerifier(Question asked) {
    this.asked = asked;
    this.record = CompressRecord.read(asked.result());
    this.model =
        record.file().resolveSibling(Path.of(record.report().files().model()).getFileName());
  }

  /**
   * What is to be looked at.
   *
   * @param result the record of a result, or its model
   * @param original the model it came from; null for the record's, if that is there
   * @param data images to run it on; null for the record's, if they are there, else drawn ones
   * @param threads for it
   */
  public record Question(Path result, @Nullable Path original, @Nullable Path data, int threads) {}

  /**
   * What was found.
   *
   * @param model the result
   * @param files what each file of the result is, by its name: {@code as recorded}, {@code another}
   *     or {@code missing}
   * @param kernels what was rebuilt, null if nothing could be
   * @param verification how far ONNX Runtime's outputs are off, null if it was not run
   * @param ranOn what it was run on
   * @param unchecked what could not be looked at, and why
   * @param failures what is not as it should be, empty if all is
   */
  public record Findings(
      String model,
      Map<String, String> files,
      @Nullable RebuiltKernels kernels,
      @Nullable Verification verification,
      String ranOn,
      List<String> unchecked,
      List<String> failures) {}

  /**
   * Looks at a result.
   *
   * @throws dev.capstan.error.InvalidInputException if there is no record of one, or what was named
   *     beside it cannot be read
   */
  public static Findings run(Question asked, WorkListener listener) {
    return new ResultVerifier(asked).run(listener);
  }

  private Findings run(WorkListener listener) {
    Map<String, String> files = files();
    if (!failures.isEmpty()) {
      return new Findings(model.toString(), files, null, null, "", unchecked, failures);
    }
    Path original = original();
    RebuiltKernels kernels = original == null ? null : RebuiltKernels.of(record, model, original);
    if (kernels != null) {
      failures.addAll(kernels.failures());
    }
    Dataset images = images();
    String ranOn =
        asked.data() == null && !isThere(data()) ? "drawn images" : "images of " + data();
    Verification verification = images == null ? null : verification(images, listener);
    return new Findings(model.toString(), files, kernels, verification, ranOn, unchecked, failures);
  }

  private Map<String, String> files() {
    Map<String, String> found = new TreeMap<>();
    new TreeMap<>(record.sha256())
        .forEach(
            (name, wanted) -> {
              Path file = record.file().resolveSibling(Path.of(name).getFileName());
              String flaw = InputFile.flaw(file);
              boolean same = flaw == null && Sha256.of(List.of(file)).equals(wanted);
              found.put(name, same ? "as recorded" : flaw == null ? "another" : "missing");
              if (!same) {
                failures.add(
                    "%s: %s"
                        .formatted(file, flaw == null ? "is not the file of the record" : flaw));
              }
            });
    if (found.isEmpty()) {
      failures.add(record.file() + ": names no files");
    }
    return found;
  }

  /** The one named, or the record's if it is still that; null if there is none. */
  private @Nullable Path original() {
    Path file = asked.original() != null ? asked.original() : record.job().inputs().model();
    String flaw = asked.original() != null ? null : InputFile.flaw(file);
    if (flaw != null) {
      unchecked.add(
          "kernels: %s: %s; name the original with setting 'original'".formatted(file, flaw));
      return null;
    }
    if (StoredModel.at(file).sha256().equals(record.source())) {
      return file;
    }
    String other = file + ": is not the model that the result was made from";
    (asked.original() != null ? failures : unchecked).add(other);
    return null;
  }

  private Path data() {
    return asked.data() != null ? asked.data() : record.job().inputs().data();
  }

  private static boolean isThere(Path data) {
    return Files.exists(data);
  }

  private @Nullable Dataset images() {
    if (asked.data() != null || isThere(data())) {
      return Datasets.open(data(), Split.TRAIN).withoutLabels();
    }
    if (record.isOfPictures()) {
      return new ShapeImages(1, DRAWN).withoutLabels();
    }
    unchecked.add(
        "outputs: %s: no such folder of arrays; name one with setting 'data'".formatted(data()));
    return null;
  }

  /** In a copy, beside which parts may be written. */
  private @Nullable Verification verification(Dataset images, WorkListener listener) {
    ImageOptions options = record.job().inputs().images();
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      SourceModel file = SourceModel.read(model, SourceCopies.in(folder.path()), options);
      ModelInput input = ModelInput.of(file, images, options, listener);
      ImageStore store = new ImageStore(images, input.feed());
      SourceModel source = input.counted(store, listener).source();
      RunImages runs = new RunImages(store, source.graph().inputs(), 1);
      return new Export(source, runs, input.runInputs(), asked.threads())
          .check(source.open(), source.stored().file())
          .verification();
    } catch (VerificationException e) {
      failures.add(String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** What its stages did to the kernels after the bases had made them. */
  static List<String> later(CompressRecord record) {
    List<Decision> decisions = record.report().quality().decisions();
    return decisions.isEmpty()
        ? List.of("by a version that told no decisions")
        : decisions.stream()
            .filter(decision -> decision.kept().equals("yes"))
            .map(Decision::subject)
            .toList();
  }
}
