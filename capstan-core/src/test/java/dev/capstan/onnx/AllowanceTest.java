package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Tail;
import dev.capstan.testing.OnnxModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The edges of what a file may compute from constants. */
@Tag("trust")
class AllowanceTest {
  private static final int PIECES = 10;
  private static final long PIECE = (long) Allowance.SMALL_FILE / PIECES;

  /** What the slices and the sum of a model take beside the arrays they are made of. */
  private static final long SMALL_CHANGE = 1024;

  @TempDir Path folder;

  /** Arrays, one after the other, of which an element each is added to the input. */
  private static ModelProto filling(long more) {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 1)
            .longs("from", 0)
            .longs("to", 1)
            .longs("piece", PIECE / Float.BYTES)
            .longs("more", more / Float.BYTES);
    String sum = "x";
    for (int i = 0; i <= PIECES; i++) {
      model
          .node("ConstantOfShape", i == PIECES ? "more" : "piece", "array" + i)
          .node("Slice", "array%d from to".formatted(i), "one" + i)
          .node("Add", sum + " one" + i, "sum" + i);
      sum = "sum" + i;
    }
    return model.output(sum).build();
  }

  private Graph read(ModelProto model) {
    return OnnxReader.readPart(OnnxModels.write(model, folder.resolve("model.onnx")));
  }

  /** Memory is no more than two of the arrays: each goes when its element is taken. */
  @Test
  void allThatIsAllowedIsComputedAndNotMore() {
    long allowed = (long) Allowance.TIMES_STORED * filling(4).getSerializedSize();

    Graph graph = read(filling(allowed - SMALL_CHANGE));

    assertThat(graph.tail()).isEmpty();
    assertThat(graph.nodes()).hasSize(PIECES + 1);
    assertThatThrownBy(() -> read(filling(allowed + Float.BYTES)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node 'array10_node' (ConstantOfShape): ")
        .hasMessageEndingWith(
            "what the file computes from constants takes over 640 MiB; it is damaged or made to"
                + " harm");
  }

  /** A running sum has no kernel. */
  private static ModelProto summed(long bytes) {
    return OnnxModels.opset(13)
        .input("x", "N", 1)
        .longs("size", bytes / Float.BYTES)
        .longs("axis", 0)
        .node("ConstantOfShape", "size", "ones")
        .node("CumSum", "ones axis", "sums")
        .longs("from", 0)
        .longs("to", 1)
        .node("Slice", "sums from to", "one")
        .node("Add", "x one", "y")
        .output("y")
        .build();
  }

  /** Left to runs, since there is no kernel for it: much memory, or much work for little. */
  @Test
  void whatRunsMakeOfConstantsIsCountedToo() {
    assertRefused("MatMul", new long[] {20_000, 1}, new long[] {1, 20_000});
    assertRefused("Conv", new long[] {1, 1, 500, 500}, new long[] {16, 1, 64, 64});
  }

  private static TensorProto zeros(String name, long... sizes) {
    int elements = (int) LongStream.of(sizes).reduce(1, (a, b) -> a * b);
    return OnnxModels.floats(name, new float[elements], sizes);
  }

  private void assertRefused(String operator, long[] a, long[] b) {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 1)
            .initializer(zeros("a", a))
            .initializer(zeros("b", b))
            .node(operator, "a b", "ab")
            .node("ReduceSum", "ab", "sum")
            .node("Add", "x sum", "y");

    assertThatThrownBy(() -> read(model.output("y").build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("node 'ab_node' (" + operator + "): ")
        .hasMessageContaining("what the file computes from constants takes over");
  }

  @Test
  void largeConstantsAreNotHandedOutOfTheProcess() {
    List<Integer> asked = new ArrayList<>();
    ConstantRuntime runtime =
        model -> {
          asked.add(model.length);
          return Map.of();
        };
    for (long bytes :
        List.of(ConstantFolding.MOST_ASKED - SMALL_CHANGE, (long) ConstantFolding.MOST_ASKED)) {
      Path file = OnnxModels.write(summed(bytes), folder.resolve("model.onnx"));

      Graph graph = OnnxReader.readPart(file, Set.of(), runtime);

      assertThat(graph.tail().map(Tail::reasons).orElseThrow())
          .allMatch(reason -> reason.contains("(CumSum)"));
    }
    assertThat(asked).hasSize(1);
    assertThat(asked.get(0)).isLessThan(ConstantFolding.MOST_ASKED + (int) SMALL_CHANGE);
  }

  /** A constant of so many axes, of which a network takes the sum. */
  private static ModelProto ofAxes(int axes, String made) {
    long[] ones = LongStream.generate(() -> 1).limit(axes).toArray();
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 1)
            .longs("sizes", ones)
            .initializer(zeros("stored", made.equals("stored") ? ones : new long[] {1}))
            .node("ConstantOfShape", "sizes", "computed")
            .node("ReduceSum", made, "sum", "keepdims", 0)
            .node("Add", "x sum", "y");
    return model.output("y").build();
  }

  /** What is done to arrays takes the square of their axes. */
  @Test
  void constantsOfManyAxesAreRefused() {
    for (String made : List.of("stored", "computed")) {
      assertThat(read(ofAxes(ReadBudget.MAX_AXES, made)).nodes()).hasSize(1);
      assertThatThrownBy(() -> read(ofAxes(ReadBudget.MAX_AXES + 1, made)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("over 32 axes in one value");
    }
  }
}
