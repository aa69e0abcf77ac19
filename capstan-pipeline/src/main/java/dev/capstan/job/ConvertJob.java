package dev.capstan.job;

import java.nio.file.Path;

/**
 * Which known weights to write as ONNX.
 *
 * @param architecture the network, one of those that {@code Converter.architectures} lists
 * @param weights safetensors, or a PyTorch checkpoint
 * @param output the file to write
 */
public record ConvertJob(String architecture, Path weights, Path output) {}
