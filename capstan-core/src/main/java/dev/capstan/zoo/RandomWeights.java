package dev.capstan.zoo;

import dev.capstan.graph.Constant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * Weights to start training from or to test with: a function of the seed alone.
 *
 * <p>Kernels are normal with variance {@code 2 / (inputs of one output)} (He et al. 2015).
 * BatchNorm does something to every channel, so that a mistake in folding it shows.
 */
final class RandomWeights {
  private RandomWeights() {}

  static Map<String, Constant> of(List<Parameter> parameters, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Constant> weights = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      weights.put(parameter.name(), fill(parameter, values(parameter, random.split())));
    }
    return weights;
  }

  private static DoubleSupplier values(Parameter parameter, SplittableRandom random) {
    return switch (parameter.role()) {
      case KERNEL -> {
        double deviation = Math.sqrt(2.0 / parameter.shape().elements(1, parameter.shape().rank()));
        yield () -> deviation * random.nextGaussian();
      }
      case BIAS, SHIFT, MEAN -> () -> 0.1 * random.nextGaussian();
      // Branches as strong as their stream would double it a block: 1e8 after 54 of them.
      case BRANCH_SCALE -> () -> random.nextDouble(0.1, 0.3);
      case SCALE, VARIANCE -> () -> random.nextDouble(0.5, 1.5);
    };
  }

  private static Constant fill(Parameter parameter, DoubleSupplier values) {
    float[] filled = new float[Math.toIntExact(parameter.shape().elements())];
    for (int i = 0; i < filled.length; i++) {
      filled[i] = (float) values.getAsDouble();
    }
    return Constant.of(filled, parameter.shape().sizes());
  }
}
