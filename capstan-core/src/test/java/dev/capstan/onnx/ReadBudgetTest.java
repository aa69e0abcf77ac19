package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Shape;
import dev.capstan.testing.OnnxModels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small files that ask for endless work. */
@Tag("trust")
@Timeout(120)
final class ReadBudgetTest {
  @TempDir Path folder;

  @Test
  void eachCountHasAnEdge() {
    ReadBudget budget = new ReadBudget();
    assertEdge(budget::nodes, ReadBudget.MAX_NODES, "nodes");
    assertEdge(budget::ends, ReadBudget.MAX_ENDS, "values that its nodes read and give");
    assertEdge(budget::names, ReadBudget.MAX_NAMES, "characters");
    assertEdge(budget::extents, ReadBudget.MAX_EXTENTS, "lists of extents");
    assertEdge(count -> values(budget, count), ReadBudget.MAX_ELEMENTS, "elements");
    ReadBudget.given(ReadBudget.MAX_GIVEN);
    assertThatThrownBy(() -> ReadBudget.given(ReadBudget.MAX_GIVEN + 1))
        .hasMessageContaining("over 2048 inputs or outputs");
    ReadBudget another = new ReadBudget();
    assertEdge(count -> another.value(Shape.of(1, count)), ReadBudget.MAX_CHANNELS, "channels");
    new ReadBudget().value(Shape.of(9, 1, ReadBudget.MAX_VALUE));
    assertThatThrownBy(() -> new ReadBudget().value(Shape.of(9, 1, ReadBudget.MAX_VALUE + 1)))
        .hasMessageContaining("over 1073741824 elements in one value");
  }

  /** As many elements in as few values as may be. */
  private static void values(ReadBudget budget, long elements) {
    for (long left = elements; left > 0; left -= ReadBudget.MAX_VALUE) {
      budget.value(Shape.of(9, 1, Math.min(left, ReadBudget.MAX_VALUE)));
    }
  }

  private static void assertEdge(LongConsumer count, long limit, String what) {
    count.accept(limit - 1);
    count.accept(1);
    assertThatThrownBy(() -> count.accept(1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("over " + limit)
        .hasMessageContaining(what);
  }

  private void assertRefused(ModelProto model, String message) {
    Path file = OnnxModels.write(model, folder.resolve("model.onnx"));
    assertThatThrownBy(() -> OnnxReader.readPart(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void namesTooLongForARecord() {
    String name = "n".repeat(ReadBudget.MAX_NAME + 1);
    assertRefused(
        OnnxModels.opset(13).input("x", "N", 3).node("Relu", "x", name).output(name).build(),
        "over 8192 characters in the name");
  }

  @Test
  void oneOutputGivenTwice() {
    OnnxModels model = OnnxModels.opset(13).input("x", "N", 3).node("Relu", "x", "y");
    assertRefused(model.output("y").output("y").build(), "two graph outputs are named 'y'");
  }

  @Test
  void namesThatSayTwoThings() {
    OnnxModels model = OnnxModels.opset(13).input("x", "N", 3).node("Relu", "x", "y").output("y");
    assertRefused(model.longs("y", 1).build(), "gives 'y', which is an initializer");
    ModelProto another =
        OnnxModels.opset(13).input("x", "N", 3).node("Relu", "x", "y\0").output("y\0").build();
    assertRefused(another, "has a character 0");
    ModelProto.Builder older = another.toBuilder();
    older.addOpsetImportBuilder().setVersion(9);
    assertRefused(older.build(), "are of opset 13 and of opset 9");
  }

  /** What is in subgraphs and functions is run by others, whatever is made of it here. */
  @Test
  void whatIsInFunctionsIsNotAllHeld() {
    Path file =
        OnnxModels.write(
            doubling(1, "c", OnnxModels.nodeProto("Relu", "a", "b")), folder.resolve("f.onnx"));
    assertThat(OnnxReader.holdsAll(OnnxReader.read(file), file)).isFalse();
  }

  /** ONNX Runtime would take minutes for some more of them. */
  @Test
  void manyTensorsAreNotAllHeld() {
    OnnxModels few = OnnxModels.opset(13).input("x", "N", 3).node("Relu", "x", "y").output("y");
    ModelProto.Builder model = few.build().toBuilder();
    for (int count : new int[] {10_000, 10_001}) {
      while (model.getGraph().getInitializerCount() < count) {
        String name = "t" + model.getGraph().getInitializerCount();
        model.getGraphBuilder().addInitializerBuilder().setName(name).setDataType(1).addDims(0);
      }
      Path file = OnnxModels.write(model.build(), folder.resolve("m.onnx"));
      assertThat(OnnxReader.holdsAll(OnnxReader.read(file), file)).isEqualTo(count == 10_000);
    }
  }

  /** Each doubles what the one before gives. */
  @Test
  void valuesThatDouble() {
    for (String axis : List.of("1", "2")) {
      OnnxModels model = OnnxModels.opset(13).input("v0", "N", 3, 8, 8);
      for (int i = 0; i < 70; i++) {
        String value = "v" + i;
        model.node("Concat", value + " " + value, "v" + (i + 1), "axis", Integer.parseInt(axis));
      }
      assertRefused(
          model.output("v70").build(),
          axis.equals("1") ? "channels in all its values" : "elements in one value of one image");
    }
  }

  @Test
  void windowsBeyondAnyUse() {
    assertRefused(pooled("pads", 1L << 30, 1L << 30, 1L << 30, 1L << 30), "elements in one value");
    assertRefused(pooled("strides", 1, 1L << 30), "strides of at least 1, at most 16384");
    assertRefused(pooled("dilations", 1L << 30, 1), "dilations of at least 1, at most 16384");
    assertRefused(pooled("kernel_shape", 8192, 8192), "at most 16777216 taps");
  }

  private static ModelProto pooled(String attribute, long... values) {
    OnnxModels model = OnnxModels.opset(13).input("x", "N", 3, 8, 8);
    return attribute.equals("kernel_shape")
        ? model.node("MaxPool", "x", "y", attribute, values).output("y").build()
        : model
            .node("MaxPool", "x", "y", "kernel_shape", new long[] {2, 2}, attribute, values)
            .output("y")
            .build();
  }

  /** Two bytes a node: parsed, they would take fifty times as much. */
  @Test
  void messagesAreCountedBeforeTheyAreParsed() throws IOException {
    int nodes = MessageCount.MAX_MESSAGES - 2;
    MessageCount.check(CodedInputStream.newInstance(graph(nodes)), ModelProto.getDescriptor());
    Path file = Files.write(folder.resolve("model.onnx"), graph(nodes + 1));
    assertThatThrownBy(() -> OnnxReader.readPart(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("over 4194304 messages");
  }

  /** A model whose graph has so many initializers, all of them empty. */
  private static byte[] graph(int count) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream output = CodedOutputStream.newInstance(bytes);
    output.writeInt64(ModelProto.IR_VERSION_FIELD_NUMBER, 8);
    output.writeTag(ModelProto.GRAPH_FIELD_NUMBER, 2);
    output.writeUInt32NoTag(2 * count);
    for (int i = 0; i < count; i++) {
      output.writeTag(GraphProto.INITIALIZER_FIELD_NUMBER, 2);
      output.writeUInt32NoTag(0);
    }
    output.flush();
    return bytes.toByteArray();
  }

  /** Each function calls the one below it twice, the last one does nothing. */
  private static ModelProto doubling(int functions, String name, NodeProto... last) {
    ModelProto.Builder model =
        OnnxModels.opset(13)
            .input("x", "N", 3)
            .node(call("f" + functions, "x", "y", name))
            .output("y")
            .builder();
    for (int i = 0; i <= functions; i++) {
      FunctionProto.Builder function =
          model
              .addFunctionsBuilder()
              .setName("f" + i)
              .setDomain("own")
              .addInput("a")
              .addOutput("b")
              .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
              .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
      if (i > 0) {
        function.addNode(call("f" + (i - 1), "a", "t", name));
        function.addNode(call("f" + (i - 1), "t", "b", name));
      } else {
        for (NodeProto node : last) {
          function.addNode(node);
        }
      }
    }
    return model.build();
  }

  private static NodeProto call(String function, String input, String output, String name) {
    return OnnxModels.nodeProto(function, input, output).toBuilder()
        .setDomain("own")
        .setName(name)
        .build();
  }

  @Test
  void functionsThatDouble() {
    assertRefused(doubling(31, "call", OnnxModels.nodeProto("Relu", "a", "b")), "nodes");
    assertRefused(doubling(31, "call"), "nodes");
    NodeProto relu = OnnxModels.nodeProto("Relu", "a", "b");
    assertRefused(doubling(12, "call".repeat(1000), relu), "characters");
  }

  @Test
  void oneFunctionGivenTwice() {
    ModelProto once = doubling(1, "call", OnnxModels.nodeProto("Relu", "a", "b"));
    ModelProto twice = once.toBuilder().addFunctions(once.getFunctions(0)).build();
    assertRefused(twice, "two functions are named 'f0'");
  }

  @Test
  void blocksBeyondAnyUse() {
    OnnxModels model = OnnxModels.opset(13).input("x", "N", 4, 8, 8);
    model.node("DepthToSpace", "x", "y", "blocksize", 1 << 16);
    assertRefused(model.output("y").build(), "expected a multiple of 4294967296 channels");
  }

  @Test
  void functionsWithinTheBudgetAreInlined() {
    ModelProto model = doubling(10, "call", OnnxModels.nodeProto("Relu", "a", "b"));
    Path file = OnnxModels.write(model, folder.resolve("model.onnx"));
    assertThat(OnnxReader.read(file).nodes()).hasSize(1024);
  }

  @Test
  void extentsThatDouble() {
    OnnxModels model =
        OnnxModels.opset(13).input("x", "N", 3).node("Relu", "x", "y").node("Shape", "y", "s0");
    for (int i = 0; i < 40; i++) {
      model.node("Concat", "s%d s%d".formatted(i, i), "s" + (i + 1), "axis", 0);
    }
    assertRefused(model.node("Reshape", "y s40", "z").output("z").build(), "lists of extents");
  }

  @Test
  void aListAsLongAsItSaysIsNotMade() {
    OnnxModels model =
        OnnxModels.opset(13)
            .input("x", "N", 3)
            .node("Relu", "x", "y")
            .longs("count", 2_000_000_000)
            .node("ConstantOfShape", "count", "s")
            .node("Reshape", "y s", "z")
            .output("z");
    assertRefused(model.build(), "computes from constants takes over 640 MiB");
  }

  /** As many nodes as are allowed are read in seconds, in a chain and in a tail. */
  @Test
  void workGrowsWithTheNumberOfNodes() {
    OnnxModels model = OnnxModels.opset(13).input("v0", "N", 3);
    int count = ReadBudget.MAX_NODES;
    for (int i = 0; i < count; i++) {
      model.node(i == 1 ? "Unknown" : "Relu", "v" + i, "v" + (i + 1));
    }
    Path file = model.output("v" + count).write(folder.resolve("model.onnx"));
    assertThat(OnnxReader.readPart(file).nodes()).hasSize(1);
  }
}
