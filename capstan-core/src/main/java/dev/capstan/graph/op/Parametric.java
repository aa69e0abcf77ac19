package dev.capstan.graph.op;

/**
 * A function of one element with one or two parameters.
 *
 * @param function which one
 * @param alpha the first parameter
 * @param beta the second, 0 where the function has none
 */
public record Parametric(Function function, float alpha, float beta) implements Activation {
  /** The functions, with ONNX's names and defaults of their parameters. */
  public enum Function {
    /** {@code x} where positive, else {@code alpha * (exp(x / alpha) - 1)}. */
    CELU("Celu", "alpha", 1, "", 0),
    /** {@code x} where positive, else {@code alpha * (exp(x) - 1)}. */
    ELU("Elu", "alpha", 1, "", 0),
    /** {@code min(max(alpha * x + beta, 0), 1)}. */
    HARD_SIGMOID("HardSigmoid", "alpha", 0.2f, "beta", 0.5f),
    /** {@code beta * x} where positive, else {@code beta * alpha * (exp(x) - 1)}. */
    SELU("Selu", "alpha", 1.67326319217681884765625f, "gamma", 1.05070102214813232421875f),
    /** {@code x * sigmoid(alpha * x)}. */
    SWISH("Swish", "alpha", 1, "", 0),
    /** {@code x} where greater than alpha, else 0. */
    THRESHOLDED_RELU("ThresholdedRelu", "alpha", 1, "", 0);

    private final String type;
    private final String first;
    private final float firstDefault;
    private final String second;
    private final float secondDefault;

    Function(String type, String first, float firstDefault, String second, float secondDefault) {
      this.type = type;
      this.first = first;
      this.firstDefault = firstDefault;
      this.second = second;
      this.secondDefault = secondDefault;
    }

    /** The operator's name in ONNX. */
    public String type() {
      return type;
    }

    /** Name of the first parameter. */
    public String first() {
      return first;
    }

    /** Name of the second parameter, empty where there is none. */
    public String second() {
      return second;
    }

    /** The function with the parameters that ONNX gives it where a model says none. */
    public Parametric usual() {
      return new Parametric(this, firstDefault, secondDefault);
    }
  }

  @Override
  public String type() {
    return function.type;
  }
}
