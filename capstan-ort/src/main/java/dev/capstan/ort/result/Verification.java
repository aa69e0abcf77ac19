package dev.capstan.ort.result;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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
  /** Both together; this one where there is no other. */
  public Verification and(Optional<Verification> other) {
    return other.map(this::and).orElse(this);
  }

  private Verification and(Verification other) {
    Map<String, Double> errors = new LinkedHashMap<>(perOutput);
    other.perOutput.forEach((name, error) -> errors.merge(name, error, Math::max));
    return new Verification(
        Math.max(maxRelativeError, other.maxRelativeError), errors, inputs + other.inputs);
  }

  /** Copies the map, keeping its order. */
  public Verification {
    perOutput = Collections.unmodifiableMap(new LinkedHashMap<>(perOutput));
  }
}
