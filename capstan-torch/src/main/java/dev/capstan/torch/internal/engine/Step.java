package dev.capstan.torch.internal.engine;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.torch.internal.kernel.Kernel;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One node of a program. What it reads and gives is named by slots of {@link Values}.
 *
 * @param node the node
 * @param inputs slots it reads, -1 where an optional input is left out
 * @param outputs slots it fills
 * @param lastUses slots that nothing reads after it, to be emptied then
 * @param kernel how its operator runs
 * @param overwrites whether it may write over its operand: a Relu that alone reads what a product,
 *     sum or normalization gave
 */
public record Step(
    Node node,
    List<Integer> inputs,
    List<Integer> outputs,
    List<Integer> lastUses,
    Kernel<Operator> kernel,
    boolean overwrites) {
  /** Copies the lists. */
  public Step {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    lastUses = List.copyOf(lastUses);
  }

  /**
   * Applies the node's operator.
   *
   * @param operands one an input, null where an optional one is left out; they stay the caller's
   * @return new tensors, which are the caller's to close whatever scope is open
   * @throws InvalidInputException if the operator does not support what it is asked
   * @throws IllegalStateException if libtorch fails
   */
  public Tensor[] execute(@Nullable Tensor[] operands, Precision precision) {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] results = kernel.run(node.operator(), operands, precision);
      for (Tensor result : results) {
        result.retainReference();
      }
      return results;
    } catch (InvalidInputException unsupported) {
      throw new InvalidInputException(where() + ": " + unsupported.getMessage(), unsupported);
    } catch (RuntimeException failure) {
      throw new Guard.StepException(
          "%s, operands %s: %s".formatted(where(), shapes(operands), Guard.firstLine(failure)),
          failure);
    }
  }

  private String where() {
    return "node '" + node.name() + "' (" + node.operator().type() + ")";
  }

  private static String shapes(@Nullable Tensor[] operands) {
    List<String> shapes = new ArrayList<>();
    for (Tensor operand : operands) {
      shapes.add(operand == null ? "none" : Tensors.shape(operand).toString());
    }
    return String.join(", ", shapes);
  }
}
