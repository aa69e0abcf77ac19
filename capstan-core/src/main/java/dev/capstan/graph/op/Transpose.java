package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * The axes in another order.
 *
 * @param perm axis of the input for each axis of the output
 */
public record Transpose(List<Integer> perm) implements Operator {
  /** Copies the list. */
  public Transpose {
    perm = List.copyOf(perm);
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape input = operands.shapeOfRank(0, perm.size());
    List<Dim> dims = perm.stream().map(axis -> input.dims().get(axis)).toList();
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  @Override
  public void channels(ChannelFlow flow) {
    flow.pass(0, 0, perm.indexOf(flow.axis(0)));
  }
}
