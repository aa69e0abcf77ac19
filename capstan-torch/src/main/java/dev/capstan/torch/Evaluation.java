package dev.capstan.torch;

/**
 * How well a network classifies.
 *
 * @param top1 share of images whose class has the largest output, in percent
 * @param top5 share of images whose class is among the five largest, in percent
 * @param loss mean cross-entropy, in nats
 * @param images number of images
 */
public record Evaluation(double top1, double top5, double loss, long images) {}
