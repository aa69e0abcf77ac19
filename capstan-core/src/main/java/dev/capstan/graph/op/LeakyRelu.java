package dev.capstan.graph.op;

/**
 * {@code x} where positive, else {@code alpha * x}.
 *
 * @param alpha the slope below zero
 */
public record LeakyRelu(float alpha) implements Activation {}
