package dev.capstan.pipeline;

import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.job.ConvertJob;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.pipeline.result.OutputFile;
import dev.capstan.weights.WeightFile;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes a known network with weights from PyTorch as ONNX. */
public final class Converter {
  private Converter() {}

  /** The networks that are known, by name. */
  public static List<String> architectures() {
    return List.copyOf(Zoo.architectures());
  }

  /**
   * Converts.
   *
   * @throws InvalidInputException if there is no such network, the weights are not its own, or the
   *     file cannot be written; nothing is written then
   */
  public static Result run(ConvertJob job) {
    Path file = OutputFile.checked(job.output());
    Graph graph = Zoo.build(job.architecture(), WeightFile.read(job.weights()));
    OnnxWriter.write(graph, file);
    Cost cost = Cost.of(graph);
    return new Result(file.toString(), cost.macs(), cost.parameters(), size(file));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * What was written of known weights.
   *
   * @param output the file
   * @param macs multiply-accumulates for one input
   * @param parameters of the network
   * @param bytes size of the file
   */
  public record Result(String output, long macs, long parameters, long bytes) {}
}
