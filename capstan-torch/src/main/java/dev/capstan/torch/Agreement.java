package dev.capstan.torch;

import org.jspecify.annotations.Nullable;

/**
 * How near a network is to its original, told by images alone.
 *
 * @param top1 share of images for which both give the same class the largest output, in percent;
 *     null for outputs that are no classes
 * @param divergence mean divergence of the outputs from the original's, in nats; their relative
 *     squared error where they are no classes
 */
public record Agreement(@Nullable Double top1, double divergence) {}
