/** Kernels, and constants that hold channel counts, rewritten from bases (METHOD section 3). */
package dev.capstan.compress;
