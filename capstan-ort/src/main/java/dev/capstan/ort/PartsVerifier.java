package dev.capstan.ort;

import static java.util.Objects.requireNonNull;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.result.Verification;
import dev.capstan.rewrite.Parts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares a network that is cut ({@link Parts}), as it would be written, with the same network
 * elsewhere: part by part, on the values that ONNX Runtime's run of the whole has at the cuts.
 *
 * @param parts the network
 * @param folder where models lie while they are compared
 * @param tolerance the largest error allowed in a part, see {@link Verification}
 * @param threads how many threads ONNX Runtime may use
 */
public record PartsVerifier(Parts parts, Path folder, double tolerance, int threads) {
  /**
   * What the network is compared with.
   *
   * @param parts computes the parts
   * @param whole computes the network
   */
  public record Expected(NetworkRunner parts, NetworkRunner whole) {}

  /**
   * Compares all parts, and tells how far the whole is off.
   *
   * @param calibration one map of inputs of the network a run
   * @param randomRuns runs on inputs from the standard normal distribution
   * @param seed of those
   * @return the errors of the parts, all of them within the tolerance
   * @throws dev.capstan.ort.result.VerificationException as {@link Verifier#verify}, of a part
   */
  public Verification verify(
      Expected expected, List<Map<String, Constant>> calibration, int randomRuns, long seed) {
    List<Map<String, Constant>> fed = new ArrayList<>();
    double whole = 0;
    try (OrtModel model = OrtModel.open(write(parts.shown(), "whole.onnx"), threads)) {
      for (var inputs : Verifier.runs(model.inputs(), calibration, randomRuns, seed)) {
        Map<String, Constant> found = model.run(inputs);
        whole = Math.max(whole, Verifier.error(expected.whole().run(inputs), found));
        fed.add(crossing(inputs, found));
      }
    }
    Path apart = write(parts.apart(), "parts.onnx");
    return new Verifier(apart, expected.parts(), tolerance, threads)
        .verify(fed, 0, seed)
        .whole(whole);
  }

  private Path write(Graph graph, String name) {
    Path file = folder.resolve(name);
    OnnxWriter.write(graph, file);
    return file;
  }

  /** The inputs of the network, and what comes over the cuts. */
  private Map<String, Constant> crossing(
      Map<String, Constant> inputs, Map<String, Constant> found) {
    Map<String, Constant> all = new LinkedHashMap<>(inputs);
    parts.crossing().forEach((input, value) -> all.put(input, requireNonNull(found.get(value))));
    return all;
  }
}
