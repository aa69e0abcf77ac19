package dev.capstan.ort;

import static java.util.Objects.requireNonNull;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.ort.result.Verification;
import dev.capstan.ort.result.VerificationException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Compares a model file in ONNX Runtime with a network that is known to be right.
 *
 * @param file the model
 * @param expected computes what its outputs should be
 * @param tolerance the largest error allowed, see {@link Verification}
 * @param shapes outputs of which the shapes alone are compared, by name
 * @param threads how many threads ONNX Runtime may use
 */
public record Verifier(
    Path file, NetworkRunner expected, double tolerance, Set<String> shapes, int threads) {
  /** The error allowed in float32 networks. */
  private static final double FLOAT32_TOLERANCE = 1e-4;

  /** The error allowed in networks with constants of 16-bit floating types. */
  private static final double FLOAT16_TOLERANCE = 1e-2;

  /** Where all numbers lie between 0 and 1, errors are measured by no less: 1e-6 at most. */
  private static final double LEAST_SHARE = 1e-2;

  private static final int RANDOM_BATCH = 2;

  /** One that compares all outputs. */
  public Verifier(Path file, NetworkRunner expected, double tolerance, int threads) {
    this(file, expected, tolerance, Set.of(), threads);
  }

  /**
   * Compares every output on given inputs and on random ones.
   *
   * @param calibration one map of inputs a run
   * @param randomRuns runs on inputs from the standard normal distribution
   * @param seed of those
   * @return the errors, all of them within the tolerance
   * @throws VerificationException if outputs differ by more than the tolerance, in their names or
   *     shapes, or hold anything but finite numbers
   */
  public Verification verify(List<Map<String, Constant>> calibration, int randomRuns, long seed) {
    Map<String, Double> errors = new LinkedHashMap<>();
    try (OrtModel model = OrtModel.open(file, threads)) {
      runs(model.inputs(), calibration, randomRuns, seed)
          .forEach(inputs -> compare(model, inputs, errors));
    }
    double largest = errors.values().stream().mapToDouble(error -> error).max().orElse(0);
    return new Verification(largest, errors, calibration.size() + randomRuns);
  }

  /** The given inputs, and random ones of their sizes. */
  static List<Map<String, Constant>> runs(
      List<Value> inputs, List<Map<String, Constant>> calibration, int randomRuns, long seed) {
    Map<String, Shape> sizes = sizes(calibration);
    List<Map<String, Constant>> runs = new ArrayList<>(calibration);
    for (int run = 0; run < randomRuns; run++) {
      runs.add(RandomInputs.draw(inputs, sizes, RANDOM_BATCH, seed + run));
    }
    return runs;
  }

  /** What the model leaves open, random inputs have as the given ones. */
  private static Map<String, Shape> sizes(List<Map<String, Constant>> calibration) {
    Map<String, Shape> sizes = new LinkedHashMap<>();
    calibration.forEach(inputs -> inputs.forEach((name, input) -> sizes.put(name, input.shape())));
    return sizes;
  }

  private void compare(OrtModel model, Map<String, Constant> inputs, Map<String, Double> errors) {
    Map<String, Constant> wanted = expected.run(inputs);
    Map<String, Constant> found = model.run(inputs);
    if (!wanted.keySet().equals(found.keySet())) {
      throw failure("expected the outputs " + wanted.keySet() + ", found " + found.keySet());
    }
    wanted.forEach(
        (name, output) ->
            errors.merge(name, error(name, output, requireNonNull(found.get(name))), Math::max));
    errors.keySet().removeAll(shapes);
  }

  private double error(String name, Constant wanted, Constant found) {
    if (!wanted.shape().equals(found.shape())) {
      throw failure(
          "output '%s' should have shape %s, found %s"
              .formatted(name, wanted.shape(), found.shape()));
    }
    if (shapes.contains(name)) {
      return 0;
    }
    double error = error(finite(name, "expected", wanted), finite(name, "found", found));
    if (error > tolerance) {
      throw failure(
          String.format(
              Locale.ROOT,
              "output '%s' is off by %.1e of its largest value, allowed are %.0e",
              name,
              error,
              tolerance));
    }
    return error;
  }

  /** The largest error of outputs that nothing is asked of; infinite where shapes differ. */
  static double error(Map<String, Constant> wanted, Map<String, Constant> found) {
    double largest = 0;
    for (String name : wanted.keySet()) {
      Constant output = requireNonNull(wanted.get(name));
      Constant other = requireNonNull(found.get(name));
      boolean same = output.shape().equals(other.shape());
      double error = same ? error(doubles(output), doubles(other)) : Double.POSITIVE_INFINITY;
      largest = Math.max(largest, error);
    }
    return largest;
  }

  private double[] finite(String name, String whose, Constant tensor) {
    double[] values = doubles(tensor);
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw failure(
            "output '%s' holds %s where finite numbers belong (%s)".formatted(name, value, whose));
      }
    }
    return values;
  }

  private static double[] doubles(Constant tensor) {
    double[] values = new double[tensor.elements()];
    if (tensor.type().isFloating()) {
      float[] floats = tensor.floats();
      Arrays.setAll(values, i -> floats[i]);
    } else {
      long[] longs = tensor.longs();
      Arrays.setAll(values, i -> longs[i]);
    }
    return values;
  }

  /**
   * {@code max |y - y'| / max |y|}, 0 where nothing differs. Of shares of 1 that are all minute
   * (scores of a detector where there is nothing) the last bits are round-off of 1.
   */
  private static double error(double[] wanted, double[] found) {
    double difference = 0;
    double largest = DoubleStream.of(wanted).allMatch(y -> y >= 0 && y <= 1) ? LEAST_SHARE : 0;
    for (int i = 0; i < wanted.length; i++) {
      difference = Math.max(difference, Math.abs(wanted[i] - found[i]));
      largest = Math.max(largest, Math.abs(wanted[i]));
    }
    return difference == 0 ? 0 : difference / largest;
  }

  private VerificationException failure(String what) {
    return new VerificationException(
        file + " fails verification in ONNX Runtime: " + what + "; do not use it");
  }

  /** The error allowed in a network, after the types of its constants. */
  public static double tolerance(Graph graph) {
    return isHalf(graph) ? FLOAT16_TOLERANCE : FLOAT32_TOLERANCE;
  }

  /** Whether a network has constants of 16-bit floating types. */
  public static boolean isHalf(Graph graph) {
    return graph.constants().values().stream().map(Constant::type).anyMatch(Verifier::isHalf);
  }

  private static boolean isHalf(DataType type) {
    return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
  }
}
