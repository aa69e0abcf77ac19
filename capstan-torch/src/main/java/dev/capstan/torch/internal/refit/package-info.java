/** Solves for the weights of a compressed network by least squares (METHOD section 4). */
package dev.capstan.torch.internal.refit;
