/** A network beside its original: both run over the same images, and what is told of it. */
package dev.capstan.torch.internal.paired;
