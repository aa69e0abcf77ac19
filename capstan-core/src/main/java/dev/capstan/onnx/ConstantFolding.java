package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.array.Pending;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operands;
import dev.capstan.graph.TensorType;
import dev.capstan.onnx.ConstantKernels.ConstantKernel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What exporters leave to a run though it is known before: pads counted out, weights transposed,
 * converted or standardised. Weights must be constants to be compressed.
 */
final class ConstantFolding {
  /** Their results are no function of their inputs, or depend on what ran before. */
  private static final Set<String> RANDOM =
      Set.of(
          "Bernoulli",
          "Dropout",
          "Multinomial",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike");

  /** Bytes of constants that the runtime is asked about: weights have kernels here. */
  static final int MOST_ASKED = 64 << 20;

  /** How much work of runs counts as a byte: a second of it is allowed, not more. */
  private static final double MACS_A_BYTE = 16;

  private final Allowance allowance;
  private final ConstantRuntime runtime;

  /**
   * Folding.
   *
   * @param allowance how much may be made
   * @param runtime is asked where there is no kernel
   */
  ConstantFolding(Allowance allowance, ConstantRuntime runtime) {
    this.allowance = allowance;
    this.runtime = runtime;
  }

  /**
   * What a node gives whose inputs are all constants.
   *
   * @return the outputs that something reads, by name; none if the node is left to a run
   * @throws dev.capstan.error.InvalidInputException if the inputs do not fit the operator
   */
  Map<String, Constant> fold(NodeProto node, NodeReader.Scope scope) {
    if (!isKnown(node, scope)) {
      return Map.of();
    }
    try {
      return computed(node, scope);
    } catch (UnsupportedException e) {
      return asked(node, scope);
    }
  }

  /** Counts what each run makes of constants anew, since it is not known here. */
  void leave(Node node, Operands operands, List<TensorType> outputs) {
    double bytes = outputs.stream().mapToDouble(ConstantFolding::bytes).sum();
    double macs = Math.max(0, node.operator().macs(operands, outputs));
    allowance.take(Math.max(bytes, macs / MACS_A_BYTE));
  }

  private static double bytes(TensorType type) {
    return (double) Math.max(0, type.shape().elements()) * type.type().bytes();
  }

  private static boolean isKnown(NodeProto node, NodeReader.Scope scope) {
    return NodeParser.isStandard(node.getDomain())
        && (node.getInputCount() > 0 || node.getOpType().equals("Constant"))
        && Subgraphs.reads(node).stream().allMatch(value -> scope.constant(value) != null);
  }

  /**
   * The outputs of a node by its kernel.
   *
   * @throws UnsupportedException if there is none for it
   */
  Map<String, Constant> computed(NodeProto node, NodeReader.Scope scope) {
    ConstantKernel kernel = ConstantKernels.of(node.getOpType());
    if (kernel == null) {
      throw new UnsupportedException("no kernel");
    }
    NodeReader reader = new NodeReader(node, scope);
    List<Pending> outputs = kernel.outputs(reader);
    reader.attributes().refuseRest();
    Map<String, Constant> made = new LinkedHashMap<>();
    for (int i = 0; i < node.getOutputCount(); i++) {
      String name = node.getOutput(i);
      if (scope.isUsed(name) && i >= outputs.size()) {
        throw new UnsupportedException("output " + i);
      }
      if (!name.isEmpty() && (scope.isUsed(name) || i == 0)) {
        made.put(name, allowance.make(outputs.get(i)));
      }
    }
    return made;
  }

  private Map<String, Constant> asked(NodeProto node, NodeReader.Scope scope) {
    if (isRandom(node) || NodeParser.isQuantized(node)) {
      return Map.of();
    }
    List<String> wanted = node.getOutputList().stream().filter(scope::isUsed).toList();
    Map<String, Constant> reads = new HashMap<>();
    Subgraphs.reads(node).forEach(value -> reads.put(value, scope.constant(value)));
    long bytes = reads.values().stream().mapToLong(read -> read.bytes().remaining()).sum();
    if (bytes + node.getSerializedSize() > MOST_ASKED) {
      return Map.of();
    }
    byte[] model = OneNodeModel.of(node, scope.opset(), reads, wanted).bytes();
    allowance.take(model.length);
    Map<String, Constant> made = runtime.run(model);
    made.values().forEach(allowance::take);
    return made.keySet().containsAll(wanted) ? made : Map.of();
  }

  /** Whether what a node gives is no function of what it reads. */
  static boolean isRandom(NodeProto node) {
    return RANDOM.contains(node.getOpType())
        || node.getAttributeList().stream()
            .filter(AttributeProto::hasG)
            .flatMap(attribute -> attribute.getG().getNodeList().stream())
            .anyMatch(ConstantFolding::isRandom);
  }
}
