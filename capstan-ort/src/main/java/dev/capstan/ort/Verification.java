package dev.capstan.ort;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far ONNX Runtime's outputs for a file are from the expected ones.
 *
 * <p>The error of an output in one run is {@code max |y - y'| / max |y|}, where {@code y} is what
 * was expected and {@code y'} what ONNX Runtime gave.
 *
 * @param maxRelativeError the largest error of any output in any run
 * @param perOutput the largest error of each output, by name
 * @param inputs number of runs that were compared
 */
public record Verification(double maxRelativeError, Map<String, Double> perOutput, int inputs) {
  /** The error allowed in float32 networks. */
  public static final double FLOAT32_TOLERANCE = 1e-4;

  /** The error allowed in networks with constants of 16-bit floating types. */
  public static final double FLOAT16_TOLERANCE = 1e-2;

  /** Copies the map, keeping its order. */
  public Verification {
    perOutput = Collections.unmodifiableMap(new LinkedHashMap<>(perOutput));
  }

  /** The error allowed in a network, after the types of its constants. */
  public static double tolerance(Graph graph) {
    return graph.constants().values().stream().map(Constant::type).anyMatch(Verification::isHalf)
        ? FLOAT16_TOLERANCE
        : FLOAT32_TOLERANCE;
  }

  private static boolean isHalf(DataType type) {
    return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
  }
}
