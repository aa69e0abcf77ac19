/** Matrices with orthonormal columns: how they start, and how they follow a gradient. */
package dev.capstan.projection;
