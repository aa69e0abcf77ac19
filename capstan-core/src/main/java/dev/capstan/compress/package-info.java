/**
 * Kernels, and constants that hold channel counts, rewritten from bases (docs/method.md, section
 * 3).
 */
package dev.capstan.compress;
