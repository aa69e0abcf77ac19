package dev.capstan.pipeline;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.capstan.data.ImageStore;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A trained network on its way to its place: written and verified in a folder of its own beside it,
 * moved when all held.
 */
final class TrainedModel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainedModel.class);

  private final TrainJob job;
  private final SourceModel source;
  private final ImageStore images;
  private final ResultFiles target;
  private final Path folder;
  private final ResultFiles draft;

  /**
   * Makes the folder.
   *
   * @param images those learned from
   */
  TrainedModel(TrainJob job, SourceModel source, ImageStore images) {
    this.job = job;
    this.source = source;
    this.images = images;
    this.target = ResultFiles.of(job.output());
    try {
      folder = Files.createTempDirectory(job.output().toAbsolutePath().getParent(), ".capstan");
    } catch (IOException e) {
      throw unwritable(e);
    }
    this.draft = target.in(folder);
  }

  /**
   * Fails where a job's files could not be written.
   *
   * @throws InvalidInputException saying which, and why
   */
  static void checkFiles(TrainJob job) {
    ResultFiles files = ResultFiles.of(OutputFile.checked(job.output()));
    Stream.of(files.record(), files.tensors(), job.checkpoint()).forEach(OutputFile::checked);
    if (job.output()
        .toAbsolutePath()
        .normalize()
        .equals(job.model().toAbsolutePath().normalize())) {
      throw new InvalidInputException(
          job.output() + ": is the model to train, which a stopped run needs; give another name");
    }
  }

  /** Writes the network, and compares the file in ONNX Runtime with the network in memory. */
  Export.Verified write(Graph graph) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("capstan.version", Version.NUMBER);
    properties.put("capstan.source.sha256", source.sha256());
    properties.put("capstan.seed", Long.toString(job.recipe().seed()));
    return new Export(source, images, job.compute().threads(), job.recipe().seed())
        .write(graph, properties, draft.model());
  }

  /** Where the files will lie. */
  TrainReport.Files files() {
    return new TrainReport.Files(target.model().toString(), target.record().toString());
  }

  /** Writes the record and moves all files into place, the model last. */
  void publish(TrainReport report) {
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    ObjectNode whole = json.createObjectNode();
    whole.put("capstan", Version.NUMBER);
    whole.put("source", source.sha256());
    whole.set("job", json.valueToTree(job));
    whole.set("preprocessing", json.valueToTree(images.preprocessing()));
    whole.set("classes", json.valueToTree(images.dataset().classes()));
    whole.set("result", json.valueToTree(report));
    try {
      Files.writeString(draft.record(), json.writeValueAsString(whole) + "\n");
      for (Path file : List.of(draft.record(), draft.tensors(), draft.model())) {
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
    return new InvalidInputException(job.output() + ": cannot be written: " + e.getMessage(), e);
  }

  /** Removes what was not moved into place. */
  @Override
  public void close() {
    try {
      try (Stream<Path> left = Files.list(folder)) {
        for (Path file : left.toList()) {
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
