package dev.capstan.testing;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Builds ONNX models in few words, as any tool might write them: it shares no code with our writer.
 */
public final class OnnxModels {
  private final ModelProto.Builder model = ModelProto.newBuilder();
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

  private OnnxModels(long opset) {
    model
        .setIrVersion(8)
        .setProducerName("test")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset));
  }

  /** A model in this opset. */
  public static OnnxModels opset(long opset) {
    return new OnnxModels(opset);
  }

  /** Adds an input; an extent is a number, or a text that names an open one. */
  public OnnxModels input(String name, Object... dims) {
    graph.addInput(value(name, dims));
    return this;
  }

  /** Adds an output whose shape the model does not give. */
  public OnnxModels output(String name) {
    TypeProto.Tensor type = TypeProto.Tensor.newBuilder().setElemType(1).build();
    graph.addOutput(
        ValueInfoProto.newBuilder()
            .setName(name)
            .setType(TypeProto.newBuilder().setTensorType(type)));
    return this;
  }

  /** A value of float32. */
  public static ValueInfoProto value(String name, Object... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dim : dims) {
      TensorShapeProto.Dimension.Builder proto = shape.addDimBuilder();
      if (dim instanceof Number size) {
        proto.setDimValue(size.longValue());
      } else {
        proto.setDimParam(dim.toString());
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape)))
        .build();
  }

  /** Adds a float32 initializer with elements that depend on its name. */
  public OnnxModels weights(String name, long... dims) {
    float[] values = OrtOracle.Tensor.random(name.hashCode(), dims).values();
    return initializer(floats(name, values, dims));
  }

  /** Adds a float32 scalar initializer. */
  public OnnxModels scalar(String name, float value) {
    return initializer(floats(name, new float[] {value}));
  }

  /** Adds an int64 initializer with one axis. */
  public OnnxModels longs(String name, long... values) {
    return initializer(longTensor(name, values));
  }

  /** Adds an initializer. */
  public OnnxModels initializer(TensorProto tensor) {
    graph.addInitializer(tensor);
    return this;
  }

  /** A float32 tensor in its typed field. */
  public static TensorProto floats(String name, float[] values, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(1);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.addAllDims(Arrays.stream(dims).boxed().toList()).build();
  }

  /** An int64 tensor with one axis, in its typed field. */
  public static TensorProto longTensor(String name, long... values) {
    List<Long> elements = Arrays.stream(values).boxed().toList();
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(7)
        .addDims(values.length)
        .addAllInt64Data(elements)
        .build();
  }

  /**
   * Adds a node.
   *
   * @param inputs names, separated by blanks; "_" leaves one out
   * @param outputs the same
   * @param attributes names and values in turn: Integer, Float, String, long[], float[] or
   *     TensorProto
   */
  public OnnxModels node(String type, String inputs, String outputs, Object... attributes) {
    graph.addNode(nodeProto(type, inputs, outputs, attributes));
    return this;
  }

  /** A node that stands alone. */
  public static NodeProto nodeProto(
      String type, String inputs, String outputs, Object... attributes) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(type)
            .setName(outputs.split(" ", -1)[0] + "_node")
            .addAllInput(names(inputs))
            .addAllOutput(names(outputs));
    for (int i = 0; i < attributes.length; i += 2) {
      node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
    }
    return node.build();
  }

  /** Adds a node. */
  public OnnxModels node(NodeProto node) {
    graph.addNode(node);
    return this;
  }

  private static List<String> names(String names) {
    return names.isEmpty()
        ? List.of()
        : Arrays.stream(names.split(" ", -1)).map(name -> name.equals("_") ? "" : name).toList();
  }

  private static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    if (value instanceof Integer number) {
      attribute.setType(AttributeType.INT).setI(number);
    } else if (value instanceof Float number) {
      attribute.setType(AttributeType.FLOAT).setF(number);
    } else if (value instanceof long[] numbers) {
      attribute.setType(AttributeType.INTS).addAllInts(Arrays.stream(numbers).boxed().toList());
    } else if (value instanceof float[] numbers) {
      attribute.setType(AttributeType.FLOATS);
      for (float number : numbers) {
        attribute.addFloats(number);
      }
    } else if (value instanceof TensorProto tensor) {
      attribute.setType(AttributeType.TENSOR).setT(tensor);
    } else {
      attribute.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8((String) value));
    }
    return attribute.build();
  }

  /** The model, to change what has no word here. */
  public ModelProto.Builder builder() {
    return model.setGraph(graph);
  }

  /** The model. */
  public ModelProto build() {
    return builder().build();
  }

  /** Writes a model to a file. */
  public static Path write(ModelProto model, Path file) {
    try {
      return Files.write(file, model.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the model to a file. */
  public Path write(Path file) {
    return write(build(), file);
  }
}
