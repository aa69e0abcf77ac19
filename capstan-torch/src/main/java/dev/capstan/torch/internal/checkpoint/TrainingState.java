package dev.capstan.torch.internal.checkpoint;

import dev.capstan.graph.Constant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Training as it stands after a step: all that the steps to come depend on, beside the images and
 * what is measured on them before the first step.
 *
 * @param weights all that learns, by name
 * @param momenta the optimiser's moments, by the weights' names
 * @param statistics running means and variances of BatchNorm, by name
 * @param averages moving averages of weights and statistics, by name; empty where none are kept
 * @param step steps done; the place in the data follows from it
 * @param run what is being run, seed included, in words: a state goes on with no other run
 */
public record TrainingState(
    Map<String, Constant> weights,
    Map<String, Constant> momenta,
    Map<String, Constant> statistics,
    Map<String, Constant> averages,
    int step,
    String run) {
  /** Copies the maps, keeping their order. */
  public TrainingState {
    weights = copy(weights);
    momenta = copy(momenta);
    statistics = copy(statistics);
    averages = copy(averages);
  }

  private static Map<String, Constant> copy(Map<String, Constant> tensors) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }
}
