package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.table.Quantity;
import dev.capstan.cost.Cost;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.pipeline.result.OutputFile;
import dev.capstan.weights.WeightFile;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code capstan convert}: a known network with weights from PyTorch, as ONNX. */
@Command(name = "convert", description = "Write a known network with its weights as ONNX.")
final class ConvertCommand implements Callable<Integer> {
  private final RootCommand root;

  @Parameters(
      paramLabel = "ARCH",
      converter = ArchitectureName.class,
      completionCandidates = Architectures.class,
      description = "The network: ${COMPLETION-CANDIDATES}.")
  private @Nullable String architecture;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = "Its weights: safetensors, or a PyTorch checkpoint.")
  private @Nullable Path weights;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT.onnx",
      description = "The file to write.")
  private @Nullable Path output;

  ConvertCommand(RootCommand root) {
    this.root = root;
  }

  /**
   * What was written.
   *
   * @param output the file
   * @param macs multiply-accumulates for one input
   * @param parameters of the network
   * @param bytes size of the file
   */
  record Result(String output, long macs, long parameters, long bytes) {
    @Override
    public String toString() {
      return "%s: %s MACs, %s parameters, %s"
          .formatted(
              output, Quantity.count(macs), Quantity.count(parameters), Quantity.bytes(bytes));
    }
  }

  @Override
  public Integer call() throws IOException {
    Path file = OutputFile.checked(requireNonNull(output));
    Graph graph = Zoo.build(requireNonNull(architecture), WeightFile.read(requireNonNull(weights)));
    OnnxWriter.write(graph, file);
    Cost cost = Cost.of(graph);
    Result result = new Result(file.toString(), cost.macs(), cost.parameters(), Files.size(file));
    root.print(result, result::toString);
    return ExitCode.DONE;
  }

  /** The names that the help lists. */
  static final class Architectures extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Architectures() {
      super(Zoo.architectures());
    }
  }

  /** Refuses other names as wrong usage. */
  static final class ArchitectureName implements ITypeConverter<String> {
    @Override
    public String convert(String name) {
      if (!Zoo.architectures().contains(name)) {
        throw new TypeConversionException(
            "expected one of " + String.join(", ", Zoo.architectures()) + ", found '" + name + "'");
      }
      return name;
    }
  }
}
