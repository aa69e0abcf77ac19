package dev.capstan.graph.op;

import dev.capstan.graph.DataType;
import dev.capstan.graph.Operands;
import dev.capstan.graph.TensorType;
import java.util.List;

/**
 * The same numbers in another type. The engine computes all floating types in one, so that among
 * them it changes nothing there.
 *
 * @param to the type
 */
public record Cast(DataType to) implements Activation {
  @Override
  public List<TensorType> infer(Operands operands) {
    return List.of(new TensorType(to, operands.shape(0)));
  }

  @Override
  public boolean jumps() {
    return !to.isFloating();
  }
}
