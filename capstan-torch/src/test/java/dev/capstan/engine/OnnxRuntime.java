package dev.capstan.engine;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.*;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs a graph in ONNX Runtime. */
public final class OnnxRuntime implements AutoCloseable {
  private final OrtSession session;
  private final Graph graph;

  public OnnxRuntime(Graph graph, int opset, int threads) throws OrtException {
    this.graph = graph;
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    session = OrtEnvironment.getEnvironment().createSession(model(graph, opset), options);
  }

  public float[] run(float[] input, long... sizes) throws OrtException {
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), FloatBuffer.wrap(input), sizes);
        OrtSession.Result result = session.run(Map.of(graph.inputs().get(0).name(), tensor))) {
      OnnxTensor out = (OnnxTensor) result.get(0);
      FloatBuffer buffer = out.getFloatBuffer();
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }

  static byte[] model(Graph graph, int opset) {
    GraphProto.Builder g = GraphProto.newBuilder().setName(graph.name());
    graph.inputs().forEach(v -> g.addInput(info(v)));
    graph
        .outputs()
        .forEach(
            v ->
                g.addOutput(
                    ValueInfoProto.newBuilder()
                        .setName(v.name())
                        .setType(
                            TypeProto.newBuilder()
                                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1)))));
    graph.constants().forEach((n, c) -> g.addInitializer(tensor(n, c)));
    for (Node n : graph.nodes()) {
      NodeProto.Builder b =
          NodeProto.newBuilder()
              .setName(n.name())
              .setOpType(n.operator().type())
              .addAllInput(n.inputs())
              .addAllOutput(n.outputs());
      attributes(n.operator(), b, g, n.name(), opset);
      g.addNode(b);
    }
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(g)
        .build()
        .toByteArray();
  }

  private static void attributes(
      Operator op, NodeProto.Builder b, GraphProto.Builder g, String name, int opset) {
    if (op instanceof Conv c) {
      window(c.window(), b, false);
      b.addAttribute(i("group", c.groups()));
    } else if (op instanceof MaxPool p) {
      window(p.window(), b, true);
      b.addAttribute(ints("dilations", p.window().dilations()));
    } else if (op instanceof AveragePool p) {
      window(p.window(), b, true);
      b.addAttribute(i("count_include_pad", p.countIncludePad() ? 1 : 0));
    } else if (op instanceof BatchNormalization n) {
      b.addAttribute(f("epsilon", n.epsilon()));
    } else if (op instanceof Clip c) {
      scalar(g, b, name + ".min", c.min());
      scalar(g, b, name + ".max", c.max());
    } else if (op instanceof Concat c) {
      b.addAttribute(i("axis", c.axis()));
    } else if (op instanceof Flatten c) {
      b.addAttribute(i("axis", c.axis()));
    } else if (op instanceof Gemm m) {
      b.addAttribute(f("alpha", m.alpha()))
          .addAttribute(f("beta", m.beta()))
          .addAttribute(i("transA", m.transA() ? 1 : 0))
          .addAttribute(i("transB", m.transB() ? 1 : 0));
    } else if (op instanceof LeakyRelu l) {
      b.addAttribute(f("alpha", l.alpha()));
    } else if (op instanceof Pad p) {
      b.addAttribute(
          AttributeProto.newBuilder()
              .setName("mode")
              .setType(AttributeProto.AttributeType.STRING)
              .setS(ByteString.copyFromUtf8(p.mode().name().toLowerCase(Locale.ROOT))));
      vector(g, b, name + ".pads", p.pads());
      if (p.mode() == Pad.Mode.CONSTANT) {
        scalar(g, b, name + ".value", p.value());
      }
    } else if (op instanceof ReduceMean m) {
      if (!m.axes().isEmpty()) {
        b.addAttribute(ints("axes", m.axes()));
      }
      b.addAttribute(i("keepdims", m.keepDims() ? 1 : 0));
    } else if (op instanceof Reshape r) {
      vector(g, b, name + ".shape", r.target());
    } else if (op instanceof Slice s) {
      vector(g, b, name + ".starts", s.starts());
      vector(g, b, name + ".ends", s.ends());
      vector(g, b, name + ".axes", s.axes());
      vector(g, b, name + ".steps", s.steps());
    } else if (op instanceof Softmax s) {
      b.addAttribute(i("axis", s.axis()));
    }
  }

  private static void window(Window w, NodeProto.Builder b, boolean pool) {
    b.addAttribute(ints("kernel_shape", w.kernel())).addAttribute(ints("strides", w.strides()));
    if (w.autoPad() == Window.AutoPad.NOTSET) {
      b.addAttribute(ints("pads", w.pads()));
    } else {
      b.addAttribute(
          AttributeProto.newBuilder()
              .setName("auto_pad")
              .setType(AttributeProto.AttributeType.STRING)
              .setS(ByteString.copyFromUtf8(w.autoPad().name())));
    }
    if (pool) {
      b.addAttribute(i("ceil_mode", w.ceil() ? 1 : 0));
    } else {
      b.addAttribute(ints("dilations", w.dilations()));
    }
  }

  private static void scalar(GraphProto.Builder g, NodeProto.Builder b, String name, float value) {
    if (Float.isInfinite(value)) {
      b.addInput("");
    } else {
      g.addInitializer(tensor(name, Constant.of(new float[] {value})));
      b.addInput(name);
    }
  }

  private static void vector(
      GraphProto.Builder g, NodeProto.Builder b, String name, List<? extends Number> values) {
    g.addInitializer(
        tensor(
            name,
            Constant.of(values.stream().mapToLong(Number::longValue).toArray(), values.size())));
    b.addInput(name);
  }

  private static AttributeProto.Builder i(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value);
  }

  private static AttributeProto.Builder f(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value);
  }

  private static AttributeProto.Builder ints(String name, List<Integer> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(values.stream().map(Integer::longValue).toList());
  }

  private static TensorProto tensor(String name, Constant c) {
    TensorProto.Builder t =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(c.type() == DataType.INT64 ? 7 : 1)
            .setRawData(ByteString.copyFrom(c.bytes()));
    for (long s : c.sizes()) {
      t.addDims(s);
    }
    return t.build();
  }

  private static ValueInfoProto info(Value v) {
    TensorShapeProto.Builder s = TensorShapeProto.newBuilder();
    v.type()
        .shape()
        .dims()
        .forEach(
            d ->
                s.addDim(
                    d.isKnown()
                        ? TensorShapeProto.Dimension.newBuilder().setDimValue(d.size())
                        : TensorShapeProto.Dimension.newBuilder().setDimParam("N")));
    return ValueInfoProto.newBuilder()
        .setName(v.name())
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(s)))
        .build();
  }
}
