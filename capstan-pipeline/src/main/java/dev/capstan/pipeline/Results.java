package dev.capstan.pipeline;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.capstan.compress.BasesFile;
import dev.capstan.data.Augmentation;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.Value;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.Verification;
import dev.capstan.ort.Verifier;
import dev.capstan.recipe.Compute;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.TorchNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private static final int VERIFIED_BATCH = 8;
  private static final int VERIFIED_RUNS = 2;

  private final SourceModel source;
  private final ImageStore images;
  private final CompressJob job;
  private final ResultFiles target;
  private final Path folder;
  private final ResultFiles draft;

  /** Makes the folder. */
  Results(Material material, CompressJob job, ResultFiles target) {
    this.source = material.source();
    this.images = material.learning();
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
  Verification write(Graph graph, ChannelSpaces spaces, Bases bases) {
    Map<String, String> provenance = provenance();
    Graph restored = OpenBatch.restore(graph, source.graph());
    OnnxWriter.write(
        restored.edit().metadata(described(restored.metadata(), provenance)).build(),
        draft.model());
    BasesFile.write(bases, spaces, provenance, draft.bases());
    // In single precision whatever it was learned in: that is what the file computes.
    Compute exact = new Compute("fp32", job.setup().compute().threads());
    try (TorchNetwork network = new TorchNetwork(graph, exact)) {
      return new Verifier(
              draft.model(), network::run, Verification.tolerance(graph), exact.threads())
          .verify(calibration(), VERIFIED_RUNS, job.course().seed());
    }
  }

  private Map<String, String> provenance() {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("capstan.version", Version.NUMBER);
    provenance.put("capstan.source.sha256", source.sha256());
    provenance.put("capstan.keep_macs", Double.toString(job.course().ranks().keepMacs()));
    provenance.put("capstan.seed", Long.toString(job.course().seed()));
    return provenance;
  }

  private static Metadata described(Metadata metadata, Map<String, String> provenance) {
    Map<String, String> properties = new LinkedHashMap<>(metadata.properties());
    properties.putAll(provenance);
    return metadata.withProperties(properties);
  }

  private List<Map<String, Constant>> calibration() {
    Value input = source.graph().inputs().get(0);
    Dim batch = input.type().shape().dims().get(0);
    int size = batch.isKnown() ? Math.toIntExact(batch.size()) : VERIFIED_BATCH;
    Order order =
        Order.shuffled(images.dataset(), job.course().seed())
            .limit(Math.max(images.dataset().size(), VERIFIED_RUNS * size));
    List<Map<String, Constant>> runs = new ArrayList<>();
    try (Batches batches = images.batches(order, Augmentation.NONE, size, 1)) {
      while (runs.size() < VERIFIED_RUNS && batches.hasNext()) {
        Batch next = batches.next();
        // One with damaged images left out is too small only where the file fixes its size.
        if (next.size() == size || !batch.isKnown()) {
          runs.add(Map.of(input.name(), Constant.of(next.pixels(), next.shape())));
        }
      }
    }
    return runs;
  }

  /** Median latencies of the source and the result. */
  Speed latencies() {
    return Speed.measure(source, draft.model());
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
    whole.put("source", source.sha256());
    whole.set("job", json.valueToTree(job));
    whole.set("preprocessing", json.valueToTree(images.preprocessing()));
    whole.set("classes", json.valueToTree(images.dataset().classes()));
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
