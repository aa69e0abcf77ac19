package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What RNN, GRU and LSTM start from. Exporters write zeros for each image, of a fixed number of
 * images or of as many as a run has; without them the operators start from zeros for any number.
 */
final class InitialStates {
  private static final Set<String> RECURRENT = Set.of("RNN", "GRU", "LSTM");

  /** Input of the first state; LSTM's second one follows. */
  private static final int FIRST = 5;

  private static final int LAST = 6;

  private InitialStates() {}

  /**
   * The node without initial states that are zeros.
   *
   * @param isZero whether all elements of a value are 0, for any number of images
   */
  static NodeProto withoutZeros(NodeProto node, Predicate<String> isZero) {
    if (!NodeParser.isStandard(node.getDomain()) || !RECURRENT.contains(node.getOpType())) {
      return node;
    }
    NodeProto.Builder changed = node.toBuilder();
    for (int i = FIRST; i <= LAST && i < node.getInputCount(); i++) {
      if (isZero.test(node.getInput(i))) {
        changed.setInput(i, "");
      }
    }
    return changed.build();
  }

  /** Whether all elements of a tensor are 0. */
  static boolean isZero(Constant constant) {
    return IntStream.range(0, constant.elements()).allMatch(i -> constant.real(i) == 0);
  }
}
