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
    Broadcast.sum(flow);
  }
}
