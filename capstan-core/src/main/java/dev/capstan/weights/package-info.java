/**
 * Named tensors in files: safetensors, read and written, and PyTorch checkpoints, read without
 * running what is in them.
 */
package dev.capstan.weights;
