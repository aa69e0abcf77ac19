/** Tensors in libtorch's memory: made from Java arrays, in a precision, on so many threads. */
package dev.capstan.torch.internal.tensor;
