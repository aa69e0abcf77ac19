package dev.capstan.onnx;

import dev.capstan.graph.Constant;
import java.util.Map;

/**
 * Computes what operators make of constants where this package has no kernel for them, within
 * limits of time and memory of its own. It is given models that others wrote, so it must survive
 * what they do.
 */
@FunctionalInterface
public interface ConstantRuntime {
  /** None: operators without a kernel are left to a run of the network. */
  ConstantRuntime NONE = model -> Map.of();

  /**
   * Runs a model of one operator that has no inputs but constants.
   *
   * @param model an ONNX file's bytes
   * @return its outputs by name; none if they cannot be had
   */
  Map<String, Constant> run(byte[] model);
}
