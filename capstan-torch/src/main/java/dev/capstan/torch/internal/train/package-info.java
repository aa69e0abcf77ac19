/** Trains all weights of a network, from scratch or after compression (METHOD section 6). */
package dev.capstan.torch.internal.train;
