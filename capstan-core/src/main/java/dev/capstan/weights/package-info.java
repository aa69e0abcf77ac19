/**
 * Named tensors in files: safetensors, read and written, and PyTorch checkpoints, read without
 * running what is in them.
 */
@NullMarked
package dev.capstan.weights;

import org.jspecify.annotations.NullMarked;
