package dev.capstan.onnx;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.Transpose;
import java.util.List;
import java.util.stream.IntStream;

/** Transpose: without an attribute all axes are reversed. */
final class TransposeCodec implements OperatorCodec<Transpose> {
  @Override
  public Operator read(NodeReader node) {
    List<Long> perm = node.attributes().integers("perm");
    int rank = node.shape(0).rank();
    List<Integer> axes = IntStream.range(0, rank).boxed().toList();
    if (perm == null) {
      return new Transpose(axes.stream().map(axis -> rank - 1 - axis).toList());
    }
    if (!Numbers.ints(perm).stream().sorted().toList().equals(axes)) {
      throw new InvalidInputException(
          "expected perm to hold each of %s once, found %s".formatted(axes, perm));
    }
    return new Transpose(Numbers.ints(perm));
  }

  @Override
  public void write(Transpose transpose, NodeWriter node) {
    node.integers("perm", transpose.perm());
  }
}
