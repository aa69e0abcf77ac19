package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.table.Quantity;
import dev.capstan.job.ConvertJob;
import dev.capstan.pipeline.Converter;
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
@Example("convert resnet20 --weights resnet20.safetensors -o resnet20.onnx")
@Command(name = "convert", description = "Write a known network with its weights as ONNX.")
final class ConvertCommand implements Callable<Integer> {
  private final RootCommand root;

  @Parameters(
      paramLabel = "ARCH",
      converter = ArchitectureName.class,
      completionCandidates = Architectures.class,
      description = "The network: ${COMPLETION-CANDIDATES}.")
  private @Nullable String architecture;

  @InGroup(OptionGroup.FILES)
  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = "Its weights: safetensors, or a PyTorch checkpoint.")
  private @Nullable Path weights;

  @InGroup(OptionGroup.FILES)
  @Option(
      names = {"-o", "--out", "--output"},
      required = true,
      paramLabel = "OUT.onnx",
      description = "The file to write.")
  private @Nullable Path output;

  ConvertCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Converter.Result report =
        Converter.run(
            new ConvertJob(
                requireNonNull(architecture), requireNonNull(weights), requireNonNull(output)));
    root.print(report, () -> text(report));
    return ExitCode.DONE;
  }

  private static String text(Converter.Result report) {
    return "%s: %s MACs, %s parameters, %s"
        .formatted(
            report.output(),
            Quantity.count(report.macs()),
            Quantity.count(report.parameters()),
            Quantity.bytes(report.bytes()));
  }

  /** The names that the help lists. */
  static final class Architectures extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Architectures() {
      super(Converter.architectures());
    }
  }

  /** Refuses other names as wrong usage. */
  static final class ArchitectureName implements ITypeConverter<String> {
    @Override
    public String convert(String name) {
      if (!Converter.architectures().contains(name)) {
        throw new TypeConversionException(
            "expected one of "
                + String.join(", ", Converter.architectures())
                + ", found '"
                + name
                + "'");
      }
      return name;
    }
  }
}
