/**
 * What a network's activations and its outputs' gradients on a few images tell of its channels, and
 * the channels chosen by that (docs/method.md, 4.1).
 */
package dev.capstan.torch.internal.calibrate;
