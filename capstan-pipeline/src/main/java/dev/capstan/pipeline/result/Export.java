package dev.capstan.pipeline.result;

import dev.capstan.files.DraftFolder;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.Tail;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.RunInputs;
import dev.capstan.ort.result.Verification;
import dev.capstan.pipeline.input.RunImages;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.input.Tails;
import dev.capstan.pipeline.input.Trials;
import dev.capstan.report.UncompressedTail;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes a network as the source's counterpart, and verifies what was written.
 *
 * @param images some of which it is verified on
 * @param inputs what the file is fed beside them
 * @param threads for it
 */
public record Export(SourceModel source, RunImages images, RunInputs inputs, int threads) {
  /**
   * What writes and verifies the results of a session.
   *
   * @param seed of the choice of images to verify on
   */
  public static Export of(Session session, long seed) {
    return new Export(
        session.source(),
        new RunImages(session.store(), session.source().graph().inputs(), seed),
        session.input().runInputs(),
        session.inputs().compute().threads());
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
    return check(graph, file);
  }

  /** The same comparison for a file that was written before, beside which there must be room. */
  Verified check(Graph graph, Path file) {
    Graph restored = source.restore(graph);
    Tail tail = restored.tail().orElse(null);
    if (tail == null) {
      return new Verified(verify(graph, restored, file), null);
    }
    try (DraftFolder folder = DraftFolder.beside(file)) {
      Path head = head(restored, folder.path().resolve("head.onnx"));
      return new Verified(
          verify(graph, restored, head), Tails.told(tail, List.of(), refusal(file)));
    }
  }

  /** Writes a network without its tail. */
  public static Path head(Graph graph, Path file) {
    OnnxWriter.write(graph.edit().tail(null).build(), file);
    return file;
  }

  private Verification verify(Graph graph, Graph restored, Path file) {
    return new FileCheck(source, images, inputs, threads)
        .verify(new FileCheck.Written(graph, restored, file));
  }

  /**
   * Why ONNX Runtime cannot run a file with its tail, perhaps for an operator it does not know;
   * null if it can, if only image by image.
   */
  private @Nullable String refusal(Path file) {
    if (source.refusal() != null) {
      return source.refusal();
    }
    String refusal = refusal(file, images.size(FileCheck.BATCH));
    return refusal == null ? null : refusal(file, images.size(1));
  }

  private @Nullable String refusal(Path file, int batch) {
    Trials trials = new Trials(source, inputs);
    return images.runs(1, batch).stream()
        .map(run -> trials.of(file, run.values().iterator().next().size(0), run).refusal())
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static Metadata described(Metadata metadata, Map<String, String> provenance) {
    Map<String, String> properties = new LinkedHashMap<>(metadata.properties());
    properties.putAll(provenance);
    return metadata.withProperties(properties);
  }
}
