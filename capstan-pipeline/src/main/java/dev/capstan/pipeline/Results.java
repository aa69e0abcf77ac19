package dev.capstan.pipeline;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.capstan.compress.BasesFile;
import dev.capstan.graph.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a result into a folder of its own beside its target, verifies and times it there, and
 * moves it into place when all held.
 */
final class Results implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Results.class);

  private final Material material;
  private final CompressJob job;
  private final ResultFiles target;
  private final Path folder;
  private final ResultFiles draft;

  /** Makes the folder. */
  Results(Material material, CompressJob job, ResultFiles target) {
    this.material = material;
    this.job = job;
    this.target = target;
    try {
      this.folder =
          Files.createTempDirectory(target.model().toAbsolutePath().getParent(), ".capstan-result");
    } catch (IOException e) {
      throw unwritable(e);
    }
    this.draft = target.in(folder);
  }

  /**
   * Writes the network and its bases, and compares the file in ONNX Runtime with the network in
   * memory.
   */
  Export.Verified write(Way way) {
    Map<String, String> provenance = provenance();
    provenance.put("capstan.plan", plan(way.ranking()));
    BasesFile.write(way.bases(), way.ranking().spaces(), provenance, draft.bases());
    return material.export(job.course().seed()).write(way.graph(), provenance, draft.model());
  }

  /** The ranks of all spaces: {@code conv1=8 conv2=16}. */
  private static String plan(Ranking ranking) {
    return ranking.bySpace().entrySet().stream()
        .map(rank -> rank.getKey() + "=" + rank.getValue())
        .collect(Collectors.joining(" "));
  }

  private Map<String, String> provenance() {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("capstan.version", Version.NUMBER);
    provenance.put("capstan.source.sha256", material.source().sha256());
    provenance.put("capstan.goal", job.course().ranks().asked());
    provenance.put("capstan.method", job.course().bases().method().toString());
    provenance.put("capstan.seed", Long.toString(job.course().seed()));
    return provenance;
  }

  /** Median latencies of the source and the result. */
  Speed latencies() {
    return Speed.measure(material.source(), draft.model());
  }

  /** Size of the ONNX file, with the tensors beside it if it is a large one. */
  long bytes() {
    try {
      Path tensors = draft.tensors();
      return Files.size(draft.model()) + (Files.exists(tensors) ? Files.size(tensors) : 0);
    } catch (IOException e) {
      throw new InvalidInputException(draft.model() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Where the files will lie. */
  CompressReport.Files files() {
    return new CompressReport.Files(
        target.model().toString(), target.bases().toString(), target.record().toString());
  }

  /** Writes the record and moves all files into place, the model last. */
  void publish(CompressReport report) {
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    ObjectNode whole = json.createObjectNode();
    whole.put("capstan", Version.NUMBER);
    whole.put("source", material.source().sha256());
    whole.set("job", json.valueToTree(job));
    whole.set("preprocessing", json.valueToTree(material.learning().preprocessing()));
    whole.set("classes", json.valueToTree(material.learning().dataset().classes()));
    whole.set("result", json.valueToTree(report));
    try {
      Files.writeString(draft.record(), json.writeValueAsString(whole) + "\n");
      for (Path file : draft.all()) {
        if (Files.exists(file)) {
          Path place = target.model().resolveSibling(file.getFileName());
          Files.move(file, place, ATOMIC_MOVE, REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private InvalidInputException unwritable(IOException e) {
    return new InvalidInputException(target.model() + ": cannot be written: " + e.getMessage(), e);
  }

  /** Removes what was not moved into place. */
  @Override
  public void close() {
    try {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    } catch (IOException e) {
      // The result is in place, or an error is on its way already.
      LOG.warn("{} cannot be removed: {}", folder, e.toString());
    }
  }
}
