/**
 * What a network's outputs are taken for: classes or values, and what of those that a tail reads is
 * judged.
 */
package dev.capstan.outputs;
