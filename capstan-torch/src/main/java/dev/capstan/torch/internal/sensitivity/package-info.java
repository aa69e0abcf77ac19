/**
 * How far the outputs move when one channel space alone is compressed (docs/method.md, section
 * 5.3).
 */
package dev.capstan.torch.internal.sensitivity;
