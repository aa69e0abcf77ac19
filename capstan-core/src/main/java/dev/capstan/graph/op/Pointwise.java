package dev.capstan.graph.op;

/** The functions of one element that hold nothing else. */
public enum Pointwise implements Activation {
  ABS("Abs"),
  CEIL("Ceil"),
  COS("Cos"),
  /** {@code 2 / sqrt(pi)} times the integral of {@code exp(-t^2)} from 0 to x. */
  ERF("Erf"),
  EXP("Exp"),
  FLOOR("Floor"),
  /** {@code x * min(max(x / 6 + 1/2, 0), 1)}. */
  HARD_SWISH("HardSwish"),
  LOG("Log"),
  /** {@code x * tanh(softplus(x))}. */
  MISH("Mish"),
  NEG("Neg"),
  RECIPROCAL("Reciprocal"),
  /** Halves go to the even neighbour. */
  ROUND("Round"),
  SIGN("Sign"),
  SIN("Sin"),
  /** {@code log(1 + exp(x))}. */
  SOFTPLUS("Softplus"),
  /** {@code x / (1 + |x|)}. */
  SOFTSIGN("Softsign"),
  SQRT("Sqrt"),
  TANH("Tanh");

  private final String type;

  Pointwise(String type) {
    this.type = type;
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public boolean jumps() {
    return this == CEIL || this == FLOOR || this == ROUND || this == SIGN;
  }

  @Override
  public String toString() {
    return type + "[]";
  }
}
