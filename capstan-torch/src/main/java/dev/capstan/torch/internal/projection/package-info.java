/** Matrices with orthonormal columns, and how they follow a gradient. */
package dev.capstan.torch.internal.projection;
