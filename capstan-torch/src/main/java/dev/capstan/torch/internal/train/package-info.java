/**
 * Trains all weights of a network, from scratch or after compression (docs/method.md, section 6.4).
 */
package dev.capstan.torch.internal.train;
