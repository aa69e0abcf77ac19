package dev.capstan.cli.page;

import static dev.capstan.cli.page.EvidenceSections.format;

import dev.capstan.cli.page.Block.Picture;
import dev.capstan.cli.page.Block.PictureLine;
import dev.capstan.cli.page.Block.Pictures;
import dev.capstan.cli.page.Block.Tabular;
import dev.capstan.cli.page.Page.Section;
import dev.capstan.cli.table.Table;
import dev.capstan.cli.table.Table.Column;
import dev.capstan.pipeline.evidence.ClassChanges;
import dev.capstan.pipeline.evidence.ClassChanges.ChangedImage;
import dev.capstan.pipeline.evidence.Evidence;
import dev.capstan.pipeline.evidence.Forecast;
import dev.capstan.pipeline.evidence.KernelTimes;
import dev.capstan.report.CompressReport;
import dev.capstan.report.Quality;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sections of a compression that set what was looked at beside what was measured. */
record ResultSections(CompressReport report, Evidence evidence) {
  /** What was foretold of other shares, and what was measured. */
  Section curves() {
    Forecast forecast = evidence.forecast();
    return forecast == null
        ? new Section("curves", "", List.of(), List.of())
        : new Curves(Yardstick.of(report, forecast), forecast).section(report);
  }

  /** Where time goes. */
  Section time() {
    KernelTimes kernels = evidence.kernels();
    List<String> notes = new ArrayList<>();
    List<Block> blocks = new ArrayList<>();
    if (kernels != null) {
      notes.add(
          "By ONNX Runtime's own account: batch 1, one thread, milliseconds of a run. Kernels that"
              + " begin with Reorder change how numbers lie in memory.");
      blocks.add(new Tabular("", times("kernels of type", kernels.byOperator())));
      blocks.add(new Tabular("The slowest kernels", times("kernel", kernels.slowest())));
    }
    Forecast.Block block = evidence.forecast() == null ? null : evidence.forecast().block();
    if (block != null) {
      notes.add(0, blocks(block));
    }
    return new Section("time", "Where the time goes", notes, blocks);
  }

  private static String blocks(Forecast.Block block) {
    return format(
        "Ranks on multiples of %d would be %.2f x %s here, at %.3f of this result's"
            + " multiply-accumulates (--multiple %d chooses them so).",
        block.multiple(),
        block.latency() <= 1 ? 1 / block.latency() : block.latency(),
        block.latency() <= 1 ? "faster" : "slower",
        block.macs(),
        block.multiple());
  }

  private static Table times(String what, List<KernelTimes.Row> rows) {
    return new Table(
        List.of(Column.words(what), Column.numbers("before, ms"), Column.numbers("after, ms")),
        rows.stream()
            .map(row -> List.of(row.name(), millis(row.before()), millis(row.after())))
            .toList());
  }

  private static String millis(@Nullable Double time) {
    return time == null ? "-" : format("%.3f", time);
  }

  /** Which images got another class. */
  Section changes() {
    ClassChanges changes = evidence.changes();
    if (changes == null) {
      return new Section("changes", "", List.of(), List.of());
    }
    List<Block> blocks = new ArrayList<>();
    if (!changes.worse().isEmpty()) {
      blocks.add(new Tabular("", worse(changes)));
    }
    List<ChangedImage> examples = changes.examples();
    if (!examples.isEmpty()) {
      String name = "%d images that got another class".formatted(examples.size());
      blocks.add(new Tabular(name, images(changes)));
    }
    List<PictureLine> shown = thumbnails(examples);
    if (!shown.isEmpty()) {
      blocks.add(new Pictures(shown));
    }
    return new Section(
        "changes",
        "What is told otherwise than before",
        List.of(
            "%d of %d images got another class than the original gives them."
                .formatted(changes.changed(), changes.images())),
        blocks);
  }

  private static Table worse(ClassChanges changes) {
    return new Table(
        List.of(
            Column.words("class that got worse"),
            Column.numbers("images"),
            Column.numbers(changes.labelled() ? "right before" : "the original's"),
            Column.numbers(changes.labelled() ? "right after" : "still so")),
        changes.worse().stream()
            .map(
                row ->
                    List.of(
                        row.name(),
                        Integer.toString(row.images()),
                        Integer.toString(row.before()),
                        Integer.toString(row.after())))
            .toList());
  }

  private static Table images(ClassChanges changes) {
    List<Column> columns =
        Stream.of("image", "label", "before", "after")
            .filter(title -> changes.labelled() || !title.equals("label"))
            .map(Column::words)
            .toList();
    return new Table(
        columns,
        changes.examples().stream()
            .map(
                image ->
                    image.label() == null
                        ? List.of(shortened(image.name()), image.before(), image.after())
                        : List.of(
                            shortened(image.name()), image.label(), image.before(), image.after()))
            .toList());
  }

  /** The file and its folder: what lies above is the same for all. */
  private static String shortened(String path) {
    int file = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
    int folder = Math.max(path.lastIndexOf('/', file - 1), path.lastIndexOf('\\', file - 1));
    return path.substring(folder + 1);
  }

  private static List<PictureLine> thumbnails(List<ChangedImage> examples) {
    List<Picture> pictures = new ArrayList<>();
    for (ChangedImage image : examples) {
      if (image.png() != null) {
        pictures.add(new Picture(image.png(), image.before() + " → " + image.after()));
      }
    }
    return pictures.isEmpty()
        ? List.of()
        : List.of(new PictureLine("as the network sees them", pictures));
  }

  /** What each stage chose. */
  Section decisions() {
    List<Block.Fact> facts =
        report.quality().decisions().stream().map(ResultSections::fact).toList();
    return new Section(
        "decisions",
        "What was tried, and what was kept",
        List.of(),
        facts.isEmpty() ? List.of() : List.of(new Block.Facts(facts)));
  }

  private static Block.Fact fact(Quality.Decision made) {
    return new Block.Fact(made.subject(), "%s (%s)".formatted(made.kept(), made.why()));
  }
}
