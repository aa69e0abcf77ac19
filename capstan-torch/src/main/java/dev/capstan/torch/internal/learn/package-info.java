/** Learns all bases of a network at once (docs/method.md, section 4). */
package dev.capstan.torch.internal.learn;
