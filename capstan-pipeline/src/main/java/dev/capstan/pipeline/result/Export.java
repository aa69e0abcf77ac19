package dev.capstan.pipeline.result;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Order;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.Tail;
import dev.capstan.graph.Value;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.OrtModel;
import dev.capstan.ort.Verifier;
import dev.capstan.ort.result.Verification;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.input.Tails;
import dev.capstan.recipe.Compute;
import dev.capstan.report.UncompressedTail;
import dev.capstan.torch.TorchNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a network as the source's counterpart, and verifies what was written.
 *
 * @param images some of which it is verified on
 * @param threads for it
 * @param seed of the choice of inputs to verify on
 */
public record Export(SourceModel source, ImageStore images, int threads, long seed) {
  private static final int VERIFIED_BATCH = 8;
  private static final int VERIFIED_RUNS = 2;

  /** What writes and verifies the results of a session. */
  public static Export of(Session session, long seed) {
    return new Export(
        session.source(), session.store(), session.inputs().compute().threads(), seed);
  }

  /** What was found of the file. */
  public record Verified(Verification verification, @Nullable UncompressedTail tail) {}

  /**
   * Writes an ONNX file and compares it in ONNX Runtime with the network in memory: of one with a
   * tail the tensors before it, since nothing else can tell what the tail should give.
   *
   * @param provenance what is added to the model's metadata
   * @throws dev.capstan.ort.result.VerificationException if they differ
   */
  public Verified write(Graph graph, Map<String, String> provenance, Path file) {
    Graph restored = source.restore(graph);
    OnnxWriter.write(
        restored.edit().metadata(described(restored.metadata(), provenance)).build(), file);
    Tail tail = restored.tail().orElse(null);
    if (tail == null) {
      return new Verified(verify(graph, file), null);
    }
    try (DraftFolder folder = DraftFolder.beside(file)) {
      Path head = head(restored, folder.path().resolve("head.onnx"));
      return new Verified(verify(graph, head), Tails.told(tail, refusal(file)));
    }
  }

  /** Writes a network without its tail. */
  public static Path head(Graph graph, Path file) {
    OnnxWriter.write(graph.edit().tail(null).build(), file);
    return file;
  }

  private Verification verify(Graph graph, Path file) {
    // In single precision whatever it was learned in: that is what the file computes.
    Compute exact = Compute.fp32(threads);
    try (TorchNetwork network = new TorchNetwork(graph, exact)) {
      return new Verifier(file, network::run, Verifier.tolerance(graph), threads)
          .verify(calibration(), VERIFIED_RUNS, seed);
    }
  }

  /**
   * Why ONNX Runtime cannot run a file, perhaps for an operator it does not know; null if it can.
   */
  private @Nullable String refusal(Path file) {
    try (OrtModel model = OrtModel.open(file, threads)) {
      calibration().forEach(model::run);
      return null;
    } catch (InvalidInputException e) {
      return String.valueOf(e.getMessage()).replace(file + ": ", "");
    }
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
    ImageSubset all = ImageSubset.all(images);
    Order order = all.shuffled(seed).limit(Math.max(all.size(), VERIFIED_RUNS * size));
    List<Map<String, Constant>> runs = new ArrayList<>();
    try (Batches batches = all.batches(order, size, 1)) {
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
}
