package dev.capstan.pipeline;

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
import dev.capstan.ort.Latency;
import dev.capstan.ort.LatencyMillis;
import dev.capstan.ort.Verification;
import dev.capstan.ort.Verifier;
import dev.capstan.pipeline.CompressReport.Latencies;
import dev.capstan.recipe.Compute;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.TorchNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a result into a folder of its own beside its target, verifies and times it there, and
 * moves it into place when all held.
 */
final class Results implements AutoCloseable {
  private static final int VERIFIED_BATCH = 8;
  private static final int VERIFIED_RUNS = 2;
  private static final Duration TIMED = Duration.ofSeconds(3);

  private final SourceModel source;
  private final CompressJob job;
  private final Path output;
  private final Path folder;

  /** Makes the folder. */
  Results(SourceModel source, CompressJob job, Path output) {
    this.source = source;
    this.job = job;
    this.output = output;
    try {
      this.folder =
          Files.createTempDirectory(output.toAbsolutePath().getParent(), ".capstan-result");
    } catch (IOException e) {
      throw new InvalidInputException(output + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private Path model() {
    return folder.resolve(output.getFileName());
  }

  private Path beside(String ending) {
    String name = output.getFileName().toString();
    String stem = name.endsWith(".onnx") ? name.substring(0, name.length() - 5) : name;
    return folder.resolve(stem + ending);
  }

  private Path bases() {
    return beside(".bases.safetensors");
  }

  private Path record() {
    return beside(".capstan.json");
  }

  /**
   * Writes the network and its bases, and compares the file in ONNX Runtime with the network in
   * memory.
   */
  Verification write(Graph graph, ChannelSpaces spaces, Bases bases, ImageStore images) {
    Map<String, String> provenance = provenance();
    Graph restored = OpenBatch.restore(graph, source.graph());
    OnnxWriter.write(
        restored.edit().metadata(described(restored.metadata(), provenance)).build(), model());
    BasesFile.write(bases, spaces, provenance, bases());
    // In single precision whatever it was learned in: that is what the file computes.
    Compute exact = new Compute("fp32", job.compute().threads());
    try (TorchNetwork network = new TorchNetwork(graph, exact)) {
      return new Verifier(model(), network::run, Verification.tolerance(graph), exact.threads())
          .verify(calibration(images), VERIFIED_RUNS, job.seed());
    }
  }

  private Map<String, String> provenance() {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("capstan.version", Version.NUMBER);
    provenance.put("capstan.source.sha256", source.sha256());
    provenance.put("capstan.keep_macs", Double.toString(job.keepMacs()));
    provenance.put("capstan.seed", Long.toString(job.seed()));
    return provenance;
  }

  private static Metadata described(Metadata metadata, Map<String, String> provenance) {
    Map<String, String> properties = new LinkedHashMap<>(metadata.properties());
    properties.putAll(provenance);
    return metadata.withProperties(properties);
  }

  private List<Map<String, Constant>> calibration(ImageStore images) {
    Value input = source.graph().inputs().get(0);
    Dim batch = input.type().shape().dims().get(0);
    int size = batch.isKnown() ? Math.toIntExact(batch.size()) : VERIFIED_BATCH;
    Order order = Order.shuffled(images.dataset(), job.seed());
    List<Map<String, Constant>> runs = new ArrayList<>();
    try (Batches batches = images.batches(order, Augmentation.NONE, size, 1)) {
      while (runs.size() < VERIFIED_RUNS && batches.hasNext()) {
        Batch next = batches.next();
        if (next.size() == size) {
          runs.add(Map.of(input.name(), Constant.of(next.pixels(), next.shape())));
        }
      }
    }
    return runs;
  }

  /** Median latencies of the source and the result, batch 1. */
  Latencies latencies() {
    List<LatencyMillis> both = new Latency(1, TIMED).measure(List.of(source.file(), model()));
    return new Latencies(both.get(0), both.get(1));
  }

  /** Size of the ONNX file. */
  long bytes() {
    try {
      return Files.size(model());
    } catch (IOException e) {
      throw new InvalidInputException(model() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Where the files will lie. */
  CompressReport.Files files() {
    return new CompressReport.Files(
        placed(model()).toString(), placed(bases()).toString(), placed(record()).toString());
  }

  private Path placed(Path written) {
    return output.resolveSibling(written.getFileName());
  }

  /** Writes the record and moves all files into place, the model last. */
  void publish(CompressReport report) {
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    ObjectNode whole = json.createObjectNode();
    whole.put("capstan", Version.NUMBER);
    whole.put("source", source.sha256());
    whole.set("job", json.valueToTree(job));
    whole.set("result", json.valueToTree(report));
    try {
      Files.writeString(record(), json.writeValueAsString(whole) + "\n");
      for (Path file : writtenFiles()) {
        Files.move(file, placed(file), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new InvalidInputException(output + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private List<Path> writtenFiles() throws IOException {
    try (var files = Files.list(folder)) {
      List<Path> ordered = new ArrayList<>(files.sorted().toList());
      ordered.remove(model());
      ordered.add(model());
      return ordered;
    }
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
      throw new InvalidInputException(folder + ": cannot be removed: " + e.getMessage(), e);
    }
  }
}
