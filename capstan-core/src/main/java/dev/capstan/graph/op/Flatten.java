package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * Two axes out of many: those before {@code axis}, and the rest.
 *
 * @param axis where the second one begins; negative counts from the end
 */
public record Flatten(int axis) implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shape(0);
    int split = split(input);
    Dim outer = input.extent(0, split);
    Dim inner = input.extent(split, input.rank());
    return List.of(operands.type(0).with(new Shape(List.of(outer, inner))));
  }

  private int split(Shape input) {
    return axis == input.rank() ? axis : input.axis(axis);
  }

  @Override
  public void channels(ChannelFlow flow) {
    Reshaping.channels(flow);
  }
}
