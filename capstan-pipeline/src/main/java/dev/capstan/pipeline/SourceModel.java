package dev.capstan.pipeline;

import dev.capstan.data.Preprocessing;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.ImageExtents;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelOrder;
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
 * @param ordered the same for any batch size, its channels in order: a space's lie side by side
 * @param folded the same again with BatchNorm folded: what is compressed
 * @param bytes size of the file
 * @param sha256 its hash, in hexadecimal
 */
public record SourceModel(
    Path file, Graph graph, Graph ordered, Graph folded, long bytes, String sha256) {

  /**
   * Reads a model, as far as its operators are known: the rest is carried over as it is.
   *
   * @throws InvalidInputException if it is no model that can be worked with
   */
  public static SourceModel read(Path file) {
    Graph graph = OnnxReader.readPart(file);
    try {
      return of(file, graph, OpenBatch.apply(graph), Files.size(file), hash(file));
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static SourceModel of(Path file, Graph graph, Graph open, long bytes, String sha256) {
    Graph ordered = ChannelOrder.apply(open);
    Graph folded = Rewriter.apply(ordered, new FoldBatchNorm());
    return new SourceModel(file, graph, ordered, folded, bytes, sha256);
  }

  /** The same for images of one size, where the model takes any. */
  SourceModel sized(Preprocessing images) {
    int axis = images.layout() == Preprocessing.Layout.NCHW ? 2 : 1;
    Graph sized = ImageExtents.apply(ordered, axis, images.height(), images.width());
    return sized == ordered ? this : of(file, graph, sized, bytes, sha256);
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
