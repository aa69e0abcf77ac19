/**
 * How each operator runs in libtorch: a kernel of its name, and a line in {@link
 * dev.capstan.torch.internal.kernel.Kernels}.
 */
package dev.capstan.torch.internal.kernel;
