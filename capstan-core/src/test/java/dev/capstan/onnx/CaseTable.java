package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.capstan.testing.OnnxModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Collects small models, most of a single node. */
public class CaseTable {
  static final long[] IMAGE = {2, 4, 9, 8};

  private final List<Case> cases = new ArrayList<>();

  /**
   * A model with input x and output y.
   *
   * @param name what it shows
   * @param model the model; its first axis is open
   * @param input extents of x in a run
   */
  @SuppressWarnings("ArrayRecordComponent") // Cases are never compared.
  public record Case(String name, ModelProto model, long[] input) {
    @Override
    public String toString() {
      return name;
    }
  }

  final List<Case> cases() {
    return cases;
  }

  final void add(
      int opset, long[] input, UnaryOperator<OnnxModels> constants, String type, Object... rest) {
    Object[] dims = Arrays.stream(input).boxed().toArray();
    dims[0] = "N";
    OnnxModels model = constants.apply(OnnxModels.opset(opset).input("x", dims));
    Object[] attributes = Arrays.copyOfRange(rest, 1, rest.length);
    model.node(type, (String) rest[0], "y", attributes).output("y");
    String shown =
        Arrays.stream(rest)
            .map(o -> o instanceof long[] values ? Arrays.toString(values) : o.toString())
            .toList()
            .toString();
    cases.add(new Case(type + " opset " + opset + " " + shown, model.build(), input));
  }

  /** An operator on x alone. */
  final void add(int opset, long[] input, String type, Object... attributes) {
    Object[] rest = new Object[attributes.length + 1];
    rest[0] = "x";
    System.arraycopy(attributes, 0, rest, 1, attributes.length);
    add(opset, input, model -> model, type, rest);
  }
}
