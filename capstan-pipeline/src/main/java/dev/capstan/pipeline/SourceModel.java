package dev.capstan.pipeline;

import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.rewrite.Rewriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A model file and what is made of it before anything is learned.
 *
 * @param file the file
 * @param graph the network as it stands there
 * @param folded the same for any batch size, BatchNorm folded: what is compressed
 * @param bytes size of the file
 * @param sha256 its hash, in hexadecimal
 */
public record SourceModel(Path file, Graph graph, Graph folded, long bytes, String sha256) {

  /**
   * Reads a model.
   *
   * @throws InvalidInputException if it is no model that can be worked with
   */
  public static SourceModel read(Path file) {
    Graph graph = OnnxReader.read(file);
    Graph open = OpenBatch.apply(graph);
    Graph folded = Rewriter.apply(open, new FoldBatchNorm());
    try {
      return new SourceModel(file, graph, folded, Files.size(file), hash(file));
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String hash(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file);
        DigestInputStream digest =
            new DigestInputStream(stream, MessageDigest.getInstance("SHA-256"))) {
      digest.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
