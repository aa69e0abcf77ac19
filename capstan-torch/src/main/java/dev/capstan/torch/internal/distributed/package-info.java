/**
 * Processes that share the work of a run, by PyTorch's distributed engine (c10d): a store of words
 * that they leave for each other, and sums of tensors over all of them.
 *
 * <p>The process of rank 0 leads: it decides, and says what is to be done. The others follow.
 */
package dev.capstan.torch.internal.distributed;
