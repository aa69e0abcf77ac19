package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.TensorType;
import java.util.List;

/** The functions of two or more elements, broadcast; {@link Add} is a class of its own. */
public enum Arithmetic implements Operator {
  DIV("Div", false),
  MAX("Max", true),
  MEAN("Mean", true),
  MIN("Min", true),
  MUL("Mul", false),
  POW("Pow", false),
  /** {@code x} where positive, else {@code slope * x}. */
  PRELU("PRelu", false),
  SUB("Sub", false),
  SUM("Sum", true);

  private final String type;
  private final boolean variadic;

  Arithmetic(String type, boolean variadic) {
    this.type = type;
    this.variadic = variadic;
  }

  @Override
  public String type() {
    return type;
  }

  /** Whether it takes any number of operands, not just two. */
  public boolean isVariadic() {
    return variadic;
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    return List.of(Broadcast.infer(operands));
  }

  @Override
  public void channels(ChannelFlow flow) {
    switch (this) {
      case SUB, SUM, MEAN -> Broadcast.sum(flow);
      default -> Broadcast.product(flow);
    }
  }

  @Override
  public String toString() {
    return type + "[]";
  }
}
