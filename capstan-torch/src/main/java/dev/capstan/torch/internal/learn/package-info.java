/** Learns all bases of a network at once (METHOD section 4). */
package dev.capstan.torch.internal.learn;
