package dev.capstan.zoo;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds the weights that were given against the parameters a network has. */
final class WeightCheck {
  /** How many misfits are named; the rest are counted. */
  private static final int NAMED = 5;

  /** BatchNorm's counter of training steps, of no use here. */
  private static final String IGNORED = "num_batches_tracked";

  private WeightCheck() {}

  /**
   * The parameters' values as float32, in the parameters' order.
   *
   * @throws InvalidInputException naming what is missing, misshapen or unknown
   */
  static Map<String, Constant> fit(
      String network, List<Parameter> parameters, Map<String, Constant> weights) {
    List<String> misfits = misfits(parameters, weights);
    if (!misfits.isEmpty()) {
      throw new InvalidInputException(message(network, misfits));
    }
    Map<String, Constant> fitting = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      fitting.put(
          parameter.name(), asFloat32(Objects.requireNonNull(weights.get(parameter.name()))));
    }
    return fitting;
  }

  private static List<String> misfits(List<Parameter> parameters, Map<String, Constant> weights) {
    List<String> misfits = new ArrayList<>();
    for (Parameter parameter : parameters) {
      Constant found = weights.get(parameter.name());
      if (found == null) {
        misfits.add("'%s' %s is missing".formatted(parameter.name(), parameter.shape()));
      } else if (!found.shape().equals(parameter.shape()) || !found.type().isFloating()) {
        misfits.add(
            "'%s': expected %s, found %s".formatted(parameter.name(), parameter.shape(), found));
      }
    }
    Set<String> known = parameters.stream().map(Parameter::name).collect(Collectors.toSet());
    weights.forEach(
        (name, found) -> {
          if (!known.contains(name) && !name.endsWith(IGNORED)) {
            misfits.add("'%s' %s is unknown".formatted(name, found));
          }
        });
    return misfits;
  }

  private static String message(String network, List<String> misfits) {
    String named = misfits.stream().limit(NAMED).collect(Collectors.joining("; "));
    int others = misfits.size() - NAMED;
    return "the weights do not fit %s: %s%s"
        .formatted(network, named, others > 0 ? "; and " + others + " more" : "");
  }

  private static Constant asFloat32(Constant weights) {
    return weights.type() == DataType.FLOAT32
        ? weights
        : Constant.of(weights.floats(), weights.sizes());
  }
}
