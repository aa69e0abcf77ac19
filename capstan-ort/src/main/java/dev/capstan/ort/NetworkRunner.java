package dev.capstan.ort;

import dev.capstan.graph.Constant;
import java.util.Map;

/** Something that computes a network: ONNX Runtime, or an engine that is compared with it. */
@FunctionalInterface
public interface NetworkRunner {
  /**
   * Runs the network once.
   *
   * @param inputs one tensor for each of the network's inputs, by name
   * @return one tensor for each of its outputs, by name
   */
  Map<String, Constant> run(Map<String, Constant> inputs);
}
