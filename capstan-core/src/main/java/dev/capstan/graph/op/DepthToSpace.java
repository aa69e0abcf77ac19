package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * Blocks of channels become blocks of pixels: {@code N x b*b*C x H x W -> N x C x b*H x b*W}.
 *
 * @param block extent of a block, b
 * @param columnRow whether a channel's block of pixels lies in a row of channels ("CRD", PyTorch's
 *     pixel shuffle), not b*b strides of C apart ("DCR")
 */
public record DepthToSpace(int block, boolean columnRow) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shapeOfRank(0, 4);
    long square = (long) block * block;
    if (input.size(1) >= 0 && input.size(1) % square != 0) {
      throw operands.error(
          "expected a multiple of %d channels, found shape %s".formatted(square, input));
    }
    return List.of(
        operands
            .type(0)
            .with(
                input
                    .with(1, input.dims().get(1).map(size -> size / square))
                    .with(2, input.dims().get(2).map(size -> size * block))
                    .with(3, input.dims().get(3).map(size -> size * block))));
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (flow.alongAxis(0, 1)) {
      flow.merge(0, 0, 1, block * block, columnRow);
    }
  }
}
