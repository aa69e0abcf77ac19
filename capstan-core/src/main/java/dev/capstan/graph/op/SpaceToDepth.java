package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * Blocks of pixels become channels: {@code N x C x b*H x b*W -> N x b*b*C x H x W}, a pixel's place
 * in its block before its channel.
 *
 * @param block extent of a block, b
 */
public record SpaceToDepth(int block) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shapeOfRank(0, 4);
    if (input.size(2) > 0 && input.size(2) % block + input.size(3) % block > 0) {
      throw operands.error("blocks of %d do not fill shape %s".formatted(block, input));
    }
    return List.of(
        operands
            .type(0)
            .with(
                input
                    .with(1, input.dims().get(1).map(size -> size * block * block))
                    .with(2, input.dims().get(2).map(size -> size / block))
                    .with(3, input.dims().get(3).map(size -> size / block))));
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (flow.alongAxis(0, 1)) {
      flow.passInTurn(0, 0, 1, block * block);
    }
  }
}
