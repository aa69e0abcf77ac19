package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import java.util.List;
import java.util.Set;

/** What all operators have in common when a node is read. */
final class NodeParser {
  private NodeParser() {}

  /**
   * What quantized models are made of, in ONNX's domain and ONNX Runtime's: there are no weights in
   * them to compress.
   */
  private static final Set<String> QUANTIZED =
      Set.of(
          "ConvInteger",
          "DequantizeLinear",
          "DynamicQuantizeLinear",
          "DynamicQuantizeLSTM",
          "DynamicQuantizeMatMul",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "QAttention",
          "QEmbedLayerNormalization",
          "QGemm",
          "QuantizeLinear");

  /** Whether a node is one that quantized models are made of. */
  static boolean isQuantized(NodeProto proto) {
    return QUANTIZED.contains(proto.getOpType()) || proto.getOpType().startsWith("QLinear");
  }

  static Node read(NodeProto proto, NodeReader.Scope scope) {
    OperatorCodecs.Entry<?> entry =
        isStandard(proto.getDomain()) ? OperatorCodecs.of(proto.getOpType()) : null;
    if (isQuantized(proto)) {
      throw new InvalidInputException(
          "the model is quantized; compress the floating-point export that it was made from, and quantize the result");
    }
    if (entry == null) {
      throw new UnsupportedException(unknown(proto));
    }
    long first = OperatorCodecs.firstOpset(proto.getOpType());
    if (scope.opset() < first) {
      throw new InvalidInputException(
          "it came with opset %d, the model has %d, which no runtime takes: export the model with opset %d or later"
              .formatted(first, scope.opset(), first));
    }
    NodeReader reader = new NodeReader(proto, scope);
    Operator operator = entry.codec().read(reader);
    reader.attributes().refuseRest();
    List<String> inputs = inputs(reader, entry);
    return new Node(
        proto.getName(),
        operator,
        inputs,
        outputs(proto, entry.codec().maxOutputs(operator), scope),
        proto.getDocString());
  }

  private static String unknown(NodeProto proto) {
    if (Branches.choose(proto)) {
      return "which branch it takes is known to a run alone";
    }
    return "operator %s of domain '%s' is not supported"
        .formatted(proto.getOpType(), proto.getDomain().isEmpty() ? "ai.onnx" : proto.getDomain());
  }

  /** Where an error is, as its message begins. */
  static String place(NodeProto node) {
    return "node '%s' (%s): ".formatted(node.getName(), node.getOpType());
  }

  /** An error that says where it is. */
  static InvalidInputException placed(NodeProto node, InvalidInputException error) {
    String message = String.valueOf(error.getMessage());
    String place = place(node);
    return message.startsWith(place) ? error : new InvalidInputException(place + message, error);
  }

  /** Whether a domain is ONNX's own, which has two names. */
  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private static List<String> inputs(NodeReader reader, OperatorCodecs.Entry<?> entry) {
    List<String> inputs = reader.inputs();
    int min = entry.minInputs();
    int max = entry.maxInputs();
    if (inputs.size() < min || inputs.size() > max || inputs.subList(0, min).contains("")) {
      throw new InvalidInputException(
          "expected %s inputs, found %s".formatted(min == max ? min : min + " or more", inputs));
    }
    return inputs;
  }

  /**
   * The outputs that count; masks, indices and training statistics are dropped where nothing reads
   * them.
   */
  private static List<String> outputs(NodeProto proto, int most, NodeReader.Scope scope) {
    List<String> outputs = proto.getOutputList();
    if (outputs.isEmpty() || outputs.get(0).isEmpty()) {
      throw new InvalidInputException("has no output");
    }
    int kept = Math.min(most, outputs.size());
    for (String extra : outputs.subList(kept, outputs.size())) {
      if (!extra.isEmpty() && scope.isUsed(extra)) {
        throw new UnsupportedException(
            "only the first output is supported, but '" + extra + "' is used");
      }
    }
    return outputs.subList(0, kept);
  }
}
