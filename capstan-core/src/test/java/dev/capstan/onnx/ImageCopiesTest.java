package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Graph;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is the same for all images, wherever they lie, is made for as many as there are. */
final class ImageCopiesTest {
  private static final int TOKENS = 5;
  private static final int HEADS = 2;

  @TempDir Path folder;

  /** An image as 8 places of 6 channels, and TOKENS queries of a decoder. */
  private static OnnxModels attention() {
    return OnnxModels.opset(17)
        .input("x", "N", 3, 4, 4)
        .weights("w", 6, 3, 1, 2)
        .node("Conv", "x w", "c", "strides", new long[] {1, 2})
        .longs("places", 0, 6, 8)
        .node("Reshape", "c places", "keys")
        .longs("zero", 0)
        .node("Shape", "x", "shape")
        .node("Gather", "shape zero", "batch")
        .longs("queries", TOKENS, 6)
        .node("Concat", "batch queries", "all", "axis", 0)
        .weights("learned", 1, TOKENS, 6)
        .node("Expand", "learned all", "query");
  }

  private void assertRead(OnnxModels model) {
    Path file = OnnxModels.write(model.build(), folder.resolve("model.onnx"));
    Graph graph = OnnxReader.readPart(file);
    assertThat(graph.tail()).isEmpty();
    for (int batch : new int[] {1, 3, 5}) {
      Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, batch, 3, 4, 4));
      Outputs.assertClose(OrtOracle.run(graph, inputs), OrtOracle.run(file, inputs), 0);
    }
  }

  @Test
  void queriesOfADecoder() {
    assertRead(attention().node("MatMul", "query keys", "y").output("y"));
  }

  /** Tokens first, then images: the number of images stands along the second axis. */
  @Test
  void imagesAlongAnotherAxis() {
    assertRead(
        attention()
            .node("Transpose", "query", "first", "perm", new long[] {1, 0, 2})
            .node("Transpose", "keys", "keysFirst", "perm", new long[] {2, 0, 1})
            .node("Concat", "keysFirst first keysFirst", "tokens", "axis", 0)
            .node("Transpose", "tokens", "y", "perm", new long[] {1, 0, 2})
            .output("y"));
  }

  /** Heads beside images: two of the first axis belong to one image. */
  @Test
  void severalPlacesOfOneImage() {
    assertRead(
        attention()
            .longs("heads", -1, TOKENS, HEADS, 3)
            .node("Reshape", "query heads", "split")
            .node("Transpose", "split", "apart", "perm", new long[] {0, 2, 1, 3})
            .longs("rows", -1, TOKENS, 3)
            .node("Reshape", "apart rows", "queries2")
            .longs("columns", -1, 3, 8)
            .node("Reshape", "keys columns", "keys2")
            .node("MatMul", "queries2 keys2", "product")
            .longs("back", -1, HEADS, TOKENS, 8)
            .node("Reshape", "product back", "y")
            .output("y"));
  }
}
