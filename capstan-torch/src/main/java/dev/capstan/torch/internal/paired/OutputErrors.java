package dev.capstan.torch.internal.paired;

import static java.util.Objects.requireNonNull;

import dev.capstan.distance.OutputError;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Value;
import dev.capstan.outputs.judged.JudgedOutput;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.loss.ComparedOutputs;
import dev.capstan.torch.internal.loss.ComparedOutputs.Compared;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * How far each output of a network is from its original's, over images: {@link OutputError} of what
 * is compared of it.
 */
final class OutputErrors {
  private final Map<String, OutputError> byName = new LinkedHashMap<>();
  private final Map<String, OutputError> scores = new LinkedHashMap<>();
  private final Map<String, Double> shares;
  private final List<String> names;
  private final ComparedOutputs compared;

  /** Before the first batch. */
  OutputErrors(Graph original, Graph network) {
    this.names = original.outputs().stream().map(Value::name).toList();
    this.compared = new ComparedOutputs(original);
    if (network.outputs().size() != names.size()) {
      throw new InvalidInputException(
          "the network has %d outputs, the original %d: give the model it was made from"
              .formatted(network.outputs().size(), names.size()));
    }
    this.shares = compared.shares();
    for (JudgedOutput output : JudgedOutputs.of(original)) {
      byName.put(output.label(), new OutputError());
      if (output.part() == JudgedOutput.Part.SCORES) {
        scores.put(output.label(), new OutputError());
      }
    }
  }

  /** Takes what both gave of a batch. */
  void add(List<Tensor> targets, List<Tensor> outputs, int images) {
    for (int i = 0; i < names.size(); i++) {
      checkShapes(names.get(i), targets.get(i).shape(), outputs.get(i).shape());
    }
    compared.of(targets, outputs, images).forEach(this::add);
  }

  private void add(Compared output) {
    if (output.rows() > 0) {
      add(requireNonNull(byName.get(output.name())), output);
      Compared learned = output.learned();
      if (learned != output) {
        add(requireNonNull(scores.get(output.name())), learned);
      }
    }
  }

  private static void add(OutputError error, Compared output) {
    error.add(
        Tensors.floats(output.target()),
        Tensors.floats(output.output()),
        Math.toIntExact(output.rows()));
  }

  private static void checkShapes(String name, long[] expected, long[] found) {
    if (!Arrays.equals(expected, found)) {
      throw new InvalidInputException(
          "output '%s' has shape %s, the original's %s: give the model it was made from"
              .formatted(name, Arrays.toString(found), Arrays.toString(expected)));
    }
  }

  /** Puts the errors over all processes in the place of this one's. */
  void total(ProcessGroup group) {
    if (!group.isAlone()) {
      Stream.of(byName, scores)
          .flatMap(errors -> errors.values().stream())
          .forEach(error -> error.set(group.sumOfUneven(error.sums())));
    }
  }

  /** The error of each output, by its name. */
  Map<String, Double> relative() {
    Map<String, Double> relative = new LinkedHashMap<>();
    byName.forEach((name, error) -> relative.put(name, error.relative()));
    return relative;
  }

  /** The mean of their squares, scores as much as all beside them. */
  double squared() {
    return squared(Map.of());
  }

  /** The same of what is learned from: {@link Compared#learned}. */
  double squaredAsLearned() {
    return squared(scores);
  }

  private double squared(Map<String, OutputError> instead) {
    return byName.entrySet().stream()
        .mapToDouble(
            output -> {
              OutputError error = instead.getOrDefault(output.getKey(), output.getValue());
              double share = shares.getOrDefault(output.getKey(), 0.0);
              return share * Math.pow(error.relative(), 2);
            })
        .sum();
  }
}
