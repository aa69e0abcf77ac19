package dev.capstan.cli;

import static java.util.Objects.requireNonNull;

import dev.capstan.cli.help.Example;
import dev.capstan.cli.option.ImageArguments;
import dev.capstan.cli.option.ResidualArgument;
import dev.capstan.cli.table.Quantity;
import dev.capstan.cli.table.Table;
import dev.capstan.cli.table.Table.Column;
import dev.capstan.cli.table.TailLines;
import dev.capstan.job.ResidualPolicy;
import dev.capstan.pipeline.Inspector;
import dev.capstan.report.Inspection;
import dev.capstan.report.Inspection.SpaceRow;
import dev.capstan.report.UncompressedTail;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code capstan inspect}: what a model is made of. */
@Example("inspect model.onnx")
@Command(
    name = "inspect",
    description = "Show a model's layers, what they cost, and its channel spaces.")
final class InspectCommand implements Callable<Integer> {
  /** Names shown of a list of nodes before the rest is counted. */
  private static final int NAMED = 3;

  private final RootCommand root;

  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private @Nullable Path model;

  @Mixin private final ImageArguments images = new ImageArguments();
  @Mixin private final ResidualArgument residual = new ResidualArgument();

  InspectCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Inspection inspection =
        Inspector.of(
            requireNonNull(model), images.options(null), residual.streams(), root.display());
    int width = root.console().columns();
    root.print(inspection, () -> text(inspection, width));
    return ExitCode.DONE;
  }

  private static String text(Inspection inspection, int width) {
    return "%s%n%n%s%n%n%s%n%n%s, opset %d: %s%s MACs, %s parameters%s"
        .formatted(
            layers(inspection).within(width),
            "Channel spaces, BatchNorm folded%nResidual streams: %s"
                .formatted(treatment(inspection.residual())),
            spaces(inspection).within(width),
            inspection.model(),
            inspection.opset(),
            TailLines.atLeast(inspection.tail()),
            Quantity.count(inspection.macs()),
            Quantity.count(inspection.parameters()),
            tail(inspection.tail()));
  }

  private static String treatment(ResidualPolicy residual) {
    return switch (residual) {
      case KEEP -> "kept";
      case PROJECT -> "projected";
      case AUTO -> "projected where that costs the least accuracy";
    };
  }

  private static String tail(@Nullable UncompressedTail tail) {
    return tail == null
        ? ""
        : "%ncarried over unchanged, with what comes after: %s%s"
            .formatted(String.join("%n  ".formatted(), tail.reasons()), TailLines.of(tail));
  }

  private static Table layers(Inspection inspection) {
    return new Table(
        List.of(
            Column.words("layer"),
            Column.words("operator"),
            // What a layer reads is what one before it writes.
            Column.spare("input"),
            Column.words("output"),
            Column.numbers("MACs"),
            Column.numbers("parameters")),
        inspection.layers().stream()
            .map(
                layer ->
                    List.of(
                        layer.name(),
                        layer.operator(),
                        layer.input(),
                        layer.output(),
                        counted(layer.macs()),
                        counted(layer.parameters())))
            .toList());
  }

  private static String counted(long value) {
    return value == 0 ? "" : Quantity.count(value);
  }

  private static Table spaces(Inspection inspection) {
    return new Table(
        List.of(
            Column.words("space"),
            Column.numbers("width"),
            Column.words("producers"),
            Column.words("consumers"),
            Column.words("basis"),
            Column.words("why")),
        inspection.spaces().stream()
            .map(
                space ->
                    List.of(
                        space.name(),
                        Integer.toString(space.width()),
                        shortened(space.producers()),
                        shortened(space.consumers()),
                        space.freedom(),
                        why(space)))
            .toList());
  }

  /** Why a space is not free; of one that is, whether {@code --residual keep} would keep it. */
  private static String why(SpaceRow space) {
    return space.reason().isEmpty() && space.stream() ? "residual stream" : space.reason();
  }

  private static String shortened(List<String> names) {
    return names.size() <= NAMED
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMED)) + " and " + (names.size() - NAMED) + " more";
  }
}
