package dev.capstan.graph.op;

/**
 * {@code x * Phi(x)}, Phi the standard normal distribution.
 *
 * @param tanh whether Phi is {@code (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2} instead of
 *     {@code (1 + erf(x / sqrt(2))) / 2}
 */
public record Gelu(boolean tanh) implements Activation {}
