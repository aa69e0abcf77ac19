/**
 * Solves for the weights of a compressed network by least squares (docs/method.md, section 6.2).
 */
package dev.capstan.torch.internal.refit;
