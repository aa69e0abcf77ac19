package dev.capstan.ort.result;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far ONNX Runtime's outputs for a file are from the expected ones.
 *
 * <p>The error of an output in one run is {@code max |y - y'| / max |y|}, where {@code y} is what
 * was expected and {@code y'} what ONNX Runtime gave.
 *
 * @param maxRelativeError the largest error of any output in any run
 * @param perOutput the largest error of each output, by name
 * @param inputs number of runs that were compared
 * @param whole the largest error of the network's outputs where only its parts were compared, each
 *     fed what the one before it gave in ONNX Runtime: those on operators that nobody here knows,
 *     or whose results jump, may rightly differ by more than rounding. Null if the whole was
 *     compared
 */
public record Verification(
    double maxRelativeError, Map<String, Double> perOutput, int inputs, @Nullable Double whole) {
  /** Of a network that was compared as a whole. */
  public Verification(double maxRelativeError, Map<String, Double> perOutput, int inputs) {
    this(maxRelativeError, perOutput, inputs, null);
  }

  /** The same of parts, where the whole is off by so much. */
  public Verification whole(double error) {
    return new Verification(maxRelativeError, perOutput, inputs, error);
  }

  /** Both together; this one where there is no other. */
  public Verification and(Optional<Verification> other) {
    return other.map(this::and).orElse(this);
  }

  private Verification and(Verification other) {
    Map<String, Double> errors = new LinkedHashMap<>(perOutput);
    other.perOutput.forEach((name, error) -> errors.merge(name, error, Math::max));
    return new Verification(
        Math.max(maxRelativeError, other.maxRelativeError),
        errors,
        inputs + other.inputs,
        whole == null || other.whole == null ? null : Math.max(whole, other.whole));
  }

  /** Copies the map, keeping its order. */
  public Verification {
    perOutput = Collections.unmodifiableMap(new LinkedHashMap<>(perOutput));
  }
}
