package dev.capstan.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.compress.Compression;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.ReduceMean;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Softmax;
import dev.capstan.graph.op.Squeeze;
import dev.capstan.graph.op.Transpose;
import dev.capstan.graph.op.Unsqueeze;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.Outputs;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch of 1 that is fixed in a graph, opened and put back. */
class OpenBatchTest {
  private static final int BATCH = 3;

  static LongStream seeds() {
    return RandomGraphs.seeds();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyRowIsThatOfTheOriginal(long seed) {
    Graph graph = RandomGraphs.of(seed);
    Graph open = OpenBatch.apply(graph);
    if (!isFixed(graph)) {
      assertThat(open).isSameAs(graph);
      return;
    }
    assertRowsAreThoseOf(graph, seed);
  }

  private static void assertRowsAreThoseOf(Graph graph, long seed) {
    Graph open = OpenBatch.apply(graph);
    long[] sizes = graph.inputs().get(0).type().shape().sizes();
    sizes[0] = BATCH;
    Tensor batch = Tensor.random(seed, sizes);

    Map<String, Tensor> all = OrtOracle.run(open, Map.of("x", batch));

    for (int row = 0; row < BATCH; row++) {
      int index = row;
      Map<String, Tensor> one = OrtOracle.run(graph, Map.of("x", row(batch, index)));
      one.forEach(
          (name, tensor) ->
              Outputs.assertClose(
                  Map.of(name, row(all.get(name), index)), Map.of(name, tensor), 1e-5));
    }
  }

  private static boolean isFixed(Graph graph) {
    return graph.inputs().get(0).type().shape().dims().get(0).isKnown();
  }

  private static Tensor row(Tensor batch, int row) {
    int size = batch.values().length / BATCH;
    long[] shape = batch.shape().clone();
    shape[0] = 1;
    return new Tensor(Arrays.copyOfRange(batch.values(), row * size, (row + 1) * size), shape);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void restoringGivesBackWhatCame(long seed) {
    Graph graph = RandomGraphs.of(seed);
    assertThat(OpenBatch.restore(OpenBatch.apply(graph), graph)).hasToString(graph.toString());
  }

  /** What came is also what goes when kernels became smaller, Reshape targets among them. */
  @ParameterizedTest
  @MethodSource("seeds")
  void compressedNetworksKeepTheInterface(long seed) {
    Graph graph = RandomGraphs.of(seed);
    Graph open = OpenBatch.apply(graph);
    ChannelSpaces spaces = ChannelSpaces.of(open, Residual.PROJECT);
    Graph small = Compression.apply(spaces, RandomBases.selection(spaces, seed));

    Graph restored = OpenBatch.restore(small, graph);

    assertThat(restored.inputs()).isEqualTo(graph.inputs());
    assertThat(restored.outputs()).isEqualTo(graph.outputs());
    assertThat(firstTargets(restored)).isEqualTo(firstTargets(graph));
    for (Value output : restored.outputs()) {
      assertThat(ShapeInference.of(restored).get(output.name())).isEqualTo(output.type());
    }
    Outputs.assertClose(small, restored, 1e-5);
  }

  private static List<Long> firstTargets(Graph graph) {
    return graph.nodes().stream()
        .filter(node -> node.operator() instanceof Reshape)
        .map(node -> ((Reshape) node.operator()).target().get(0))
        .toList();
  }

  static Stream<Operator> mixing() {
    return Stream.of(
        new ReduceMean(List.of(), false),
        new ReduceMean(List.of(0, 2, 3), false),
        new Flatten(0),
        new Reshape(List.of(-1L), false),
        new Reshape(List.of(4L, -1L), false));
  }

  @ParameterizedTest
  @MethodSource("mixing")
  void findsWhatMixesTheBatchWithOtherAxes(Operator operator) {
    Layers net = new Layers("net", 1, Dim.of(1), 3, 4);
    Feature x = net.conv(net.input(), 4, 3, 1);
    Graph graph = net.outputs(net.apply(operator, x));
    Graph typed = graph.edit().outputs(List.of(typed(graph))).build();

    assertThat(BatchRows.losing(typed)).containsExactly(graph.outputs().get(0).name());
    assertThatThrownBy(() -> OpenBatch.apply(typed))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("batch")
        .hasMessageNotContaining("\n");
  }

  private static Value typed(Graph graph) {
    String name = graph.outputs().get(0).name();
    return new Value(name, ShapeInference.of(graph).get(name));
  }

  /**
   * An image's rows lie together, however many there are, so they may be taken apart and joined.
   */
  @Test
  void rowsOfAnImageStayTogether() {
    Layers net = new Layers("net", 1, Dim.of(1), 3, 4);
    Feature x = net.conv(net.input(), 8, 3, 1);
    Feature parts = new Feature(net.reshape(x, 4, -1, 4, 4).name(), 2, 4);
    Feature shares = net.apply(new Softmax(1, false), net.conv(parts, 3, 3, 1));
    Feature joined = net.reshape(shares, 1, 12, -1);
    Graph graph = net.outputs(new Feature(net.flatten(joined).name(), 12 * 16, 0));

    assertThat(BatchRows.losing(graph)).isEmpty();
    assertRowsAreThoseOf(graph, 1);
    assertThat(OpenBatch.restore(OpenBatch.apply(graph), graph)).hasToString(graph.toString());
  }

  /** Of several outputs one has lost the batch two nodes before, and another reads that too. */
  @Test
  void whatReadsALostBatchIsLostToo() {
    Layers net = new Layers("net", 1, Dim.of(1), 3, 4);
    Feature x = net.conv(net.input(), 4, 3, 1);
    Feature plane = net.apply(new Squeeze(List.of(0)), x);
    Feature turned = net.apply(new Transpose(List.of(1, 2, 0)), plane);
    Feature again = net.apply(new Unsqueeze(List.of(0)), plane);
    Graph graph = net.outputs(x, turned, net.conv(again, 2, 1, 1));

    assertThat(BatchRows.losing(graph))
        .containsExactlyInAnyOrder("squeeze1", "transpose2", "unsqueeze3", "conv4");
  }

  static Stream<List<Long>> sequences() {
    return Stream.of(List.of(0L, 1L, 32L), List.of(0L, 1L, -1L), List.of(-1L, 1L, 32L));
  }

  /** Columns of a picture of open width, a step each: what recurrent layers read. */
  @ParameterizedTest
  @MethodSource("sequences")
  void aSequenceOfOpenLengthHasNoRowAnImage(List<Long> target) {
    Graph graph = sequence(target, false);

    assertThat(BatchRows.losing(graph)).containsExactlyInAnyOrder("transpose1", "reshape2");
  }

  @Test
  void aSequenceOfOpenLengthThatIsTurnedBackHas() {
    Graph graph = sequence(List.of(0L, 1L, -1L), true);

    assertThat(BatchRows.losing(graph)).isEmpty();
    Graph wide = graph.edit().inputs(List.of(image(graph, Dim.of(5)))).build();
    assertRowsAreThoseOf(wide, 1);
    Graph open = BindImage.apply(OpenBatch.apply(graph), List.of(Shape.of(3, 4, 5)));
    assertThat(ShapeInference.of(open).get(open.outputs().get(0).name()))
        .hasToString("[batchx5x32]");
  }

  private static Graph sequence(List<Long> target, boolean back) {
    Layers net = new Layers("net", 1, Dim.of(1), 3, 4);
    Feature columns = net.apply(new Transpose(List.of(3, 0, 1, 2)), net.conv(net.input(), 8, 3, 1));
    Feature steps = net.apply(new Reshape(target, false), columns);
    Graph graph = net.outputs(back ? net.apply(new Transpose(List.of(1, 0, 2)), steps) : steps);
    return graph.edit().inputs(List.of(image(graph, Dim.open("width")))).build();
  }

  private static Value image(Graph graph, Dim width) {
    Value image = graph.inputs().get(0);
    return new Value(image.name(), image.type().with(image.type().shape().with(3, width)));
  }

  @Test
  void namesTheBatchOnce() {
    Layers net = new Layers("net", 1, Dim.of(1), 3, 4);
    Graph open = OpenBatch.apply(net.outputs(net.reshape(net.conv(net.input(), 4, 3, 1), 1, 64)));

    assertThat(open.inputs().get(0).type()).hasToString("[batchx3x4x4]");
    assertThat(ShapeInference.of(open).get(open.outputs().get(0).name())).hasToString("[batchx64]");
  }
}
