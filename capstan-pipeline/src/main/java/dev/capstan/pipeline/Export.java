package dev.capstan.pipeline;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.Value;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.OrtModel;
import dev.capstan.ort.Verification;
import dev.capstan.ort.Verifier;
import dev.capstan.recipe.Compute;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.torch.TorchNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a network as the source's counterpart, and verifies what was written.
 *
 * @param seed of the choice of inputs to verify on
 */
record Export(Material material, long seed) {
  private static final int VERIFIED_BATCH = 8;
  private static final int VERIFIED_RUNS = 2;

  /**
   * Writes an ONNX file and compares it in ONNX Runtime with the network in memory.
   *
   * @param provenance what is added to the model's metadata
   * @throws dev.capstan.ort.VerificationException if they differ
   */
  Verification write(Graph graph, Map<String, String> provenance, Path file) {
    Graph restored = OpenBatch.restore(graph, material.source().graph());
    Graph whole = restored.edit().metadata(described(restored.metadata(), provenance)).build();
    OnnxWriter.write(whole, file);
    // In single precision whatever it was learned in: that is what the file computes.
    Compute exact = new Compute("fp32", material.setup().compute().threads());
    try (TorchNetwork network = new TorchNetwork(graph, exact)) {
      return new Verifier(
              computed(whole, file), network::run, Verification.tolerance(graph), exact.threads())
          .verify(calibration(), VERIFIED_RUNS, seed);
    }
  }

  /** The file; where it goes on after the network, one beside it that does not. */
  private static Path computed(Graph whole, Path file) {
    if (whole.tail().isEmpty()) {
      return file;
    }
    OrtModel.open(file, 1).close();
    Path part = file.resolveSibling("part-" + file.getFileName());
    OnnxWriter.write(whole.edit().tail(null).build(), part);
    return part;
  }

  private static Metadata described(Metadata metadata, Map<String, String> provenance) {
    Map<String, String> properties = new LinkedHashMap<>(metadata.properties());
    properties.putAll(provenance);
    return metadata.withProperties(properties);
  }

  private List<Map<String, Constant>> calibration() {
    Value input = material.source().graph().inputs().get(0);
    Dim batch = input.type().shape().dims().get(0);
    int size = batch.isKnown() ? Math.toIntExact(batch.size()) : VERIFIED_BATCH;
    ImageStore images = material.learning();
    Order order =
        Order.shuffled(images.dataset(), seed)
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
}
