package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.TensorType;
import java.util.List;

/** Sum of two tensors, broadcast. */
public record Add() implements Operator {
  @Override
  public List<TensorType> infer(Operands operands) {
    return List.of(Broadcast.infer(operands));
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (flow.constant(0) == null && flow.constant(1) == null) {
      sum(flow);
      return;
    }
    int computed = flow.constant(0) == null ? 0 : 1;
    if (flow.constant(computed) != null) {
      return;
    }
    int axis = flow.axis(computed);
    int rank = flow.operands().shape(computed).rank();
    if (flow.outputType(0).shape().rank() != rank) {
      flow.pin(computed, "sum that adds axes");
    } else {
      flow.pass(computed, 0, axis);
      Broadcast.encode(flow, 1 - computed, 0, axis, rank);
    }
  }

  /** Axes are aligned at the last one, so channels meet only where both have as many. */
  private static void sum(ChannelFlow flow) {
    if (flow.operands().shape(0).rank() == flow.operands().shape(1).rank()) {
      flow.join(new int[] {0, 1}, 0, true);
    } else {
      flow.pin(0, "sum that adds axes");
      flow.pin(1, "sum that adds axes");
    }
  }
}
