package dev.capstan.torch.internal.checkpoint;

import dev.capstan.graph.Constant;
import dev.capstan.torch.internal.watch.Course;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Training as it stands after a step: all that the steps to come depend on, beside the images and
 * what is measured on them before the first step.
 *
 * @param now the network
 * @param momenta the optimiser's moments, by the weights' names
 * @param best the network to go back to
 * @param course how the run stands; null in states of versions that did not watch it
 * @param step steps done; the place in the data follows from it
 * @param run what is being run, seed included, in words: a state goes on with no other run
 */
public record TrainingState(
    Network now,
    Map<String, Constant> momenta,
    Network best,
    @Nullable Course course,
    int step,
    String run) {
  /** Copies the map, keeping its order. */
  public TrainingState {
    momenta = copy(momenta);
  }

  /**
   * A network that learns.
   *
   * @param weights all that learns, by name
   * @param statistics running means and variances of BatchNorm, by name
   * @param averages moving averages of both, by name; empty where none are kept
   */
  public record Network(
      Map<String, Constant> weights,
      Map<String, Constant> statistics,
      Map<String, Constant> averages) {
    /** Copies the maps, keeping their order. */
    public Network {
      weights = copy(weights);
      statistics = copy(statistics);
      averages = copy(averages);
    }
  }

  private static Map<String, Constant> copy(Map<String, Constant> tensors) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }
}
