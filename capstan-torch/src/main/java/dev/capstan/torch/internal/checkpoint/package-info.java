/** The state of training as one value, saved and read. */
package dev.capstan.torch.internal.checkpoint;
