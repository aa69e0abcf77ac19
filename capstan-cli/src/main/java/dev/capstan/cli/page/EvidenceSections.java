package dev.capstan.cli.page;

import dev.capstan.cli.page.Bars.Bar;
import dev.capstan.cli.page.Block.Meaning;
import dev.capstan.cli.page.Block.Picture;
import dev.capstan.cli.page.Block.PictureLine;
import dev.capstan.cli.page.Block.Pictures;
import dev.capstan.cli.page.Block.Tabular;
import dev.capstan.cli.page.Page.Section;
import dev.capstan.cli.table.Table;
import dev.capstan.cli.table.Table.Column;
import dev.capstan.pipeline.evidence.Course;
import dev.capstan.pipeline.evidence.Evidence;
import dev.capstan.pipeline.evidence.NetworkMap;
import dev.capstan.pipeline.evidence.NetworkMap.MappedSpace;
import dev.capstan.pipeline.evidence.NetworkMap.Treatment;
import dev.capstan.pipeline.evidence.PictureRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The sections that show what was looked at; those of what was not are empty. */
record EvidenceSections(Evidence evidence) {
  /** The graph, coloured. */
  Section network() {
    NetworkMap map = evidence.network();
    if (map == null || map.layers().isEmpty()) {
      return new Section("network", "", List.of(), List.of());
    }
    return new Section(
        "network",
        "The network and its channels",
        List.of(
            "Each round mark is a layer that multiplies, each square one where branches come"
                + " together, from the input on the left to the output. The colour says what may"
                + " become of the channels that it writes; layers of the same channels light up"
                + " together."),
        List.of(
            new NetworkDrawing(map).drawing(),
            new Tabular(
                "The channels as a table",
                new Table(
                    List.of(
                        Column.words("channels of"),
                        Column.numbers("before"),
                        Column.numbers("after"),
                        Column.words("may be"),
                        Column.words("why")),
                    map.spaces().stream().map(EvidenceSections::row).toList()))));
  }

  private static List<String> row(MappedSpace space) {
    return List.of(
        space.name(),
        Integer.toString(space.width()),
        Integer.toString(space.rank()),
        switch (space.treatment()) {
          case FREE -> "anything";
          case SELECTED -> "selected";
          case LEFT_ALONE -> "left alone";
        },
        space.reason());
  }

  /** Widths along the network. */
  Section widths() {
    List<MappedSpace> spaces = compressible();
    if (spaces.isEmpty()) {
      return new Section("widths", "", List.of(), List.of());
    }
    int widest = spaces.stream().mapToInt(MappedSpace::width).max().orElse(1);
    List<Bar> bars =
        spaces.stream()
            .map(
                space ->
                    new Bar(
                        space.width(),
                        space.rank(),
                        format(
                            "%s: %d of %d channels (%.3f)",
                            space.name(),
                            space.rank(),
                            space.width(),
                            (double) space.rank() / space.width())))
            .toList();
    return new Section(
        "widths",
        "Channels along the network",
        List.of("Each bar is a set of channels that share a basis, from the input to the output."),
        List.of(
            new Bars("Channels before and after", bars, widest + " channels")
                .drawing(List.of(new Meaning("before", "before"), new Meaning("after", "after")))));
  }

  private List<MappedSpace> compressible() {
    NetworkMap map = evidence.network();
    return map == null
        ? List.of()
        : map.spaces().stream().filter(space -> space.treatment() != Treatment.LEFT_ALONE).toList();
  }

  /** Losses on the way. */
  Section courses() {
    List<Block> plots = new ArrayList<>();
    for (Course course : evidence.courses()) {
      String words = course.work().equals("learn") ? "Learning the bases" : "Training all weights";
      Plot.Series series =
          new Plot.Series(
              "loss",
              "s0",
              true,
              course.points().stream()
                  .map(
                      point ->
                          new Plot.Point(
                              point.step(),
                              point.loss(),
                              format("step %d: loss %.4g", point.step(), point.loss())))
                  .toList());
      plots.add(Plot.around(words, "step", "loss", List.of(series)).drawing());
    }
    return new Section("courses", "How the losses went", List.of(), plots);
  }

  /** Sensitivity of each space. */
  Section sensitivity() {
    List<MappedSpace> measured =
        compressible().stream().filter(space -> !space.curve().isEmpty()).toList();
    if (measured.isEmpty()) {
      return new Section("sensitivity", "", List.of(), List.of());
    }
    List<Bar> bars =
        measured.stream().map(space -> new Bar(0, atHalf(space), points(space))).toList();
    double most = bars.stream().mapToDouble(Bar::strong).max().orElse(0);
    return new Section(
        "sensitivity",
        "How much each set of channels matters",
        List.of(
            "How far the outputs move, relative to their variation, when this set alone is left"
                + " half of its channels and nothing is corrected: high ones keep more channels."),
        List.of(
            new Bars("Error at half of the channels", bars, format("error %.3g", most))
                .drawing(List.of()),
            new Tabular(
                "All that was measured",
                new Table(
                    List.of(Column.words("channels of"), Column.words("error at so many channels")),
                    measured.stream()
                        .map(space -> List.of(space.name(), curve(space)))
                        .toList()))));
  }

  /** Errors are roots of rises; straight between what was measured, as far as a bar shows. */
  private static double atHalf(MappedSpace space) {
    int half = Math.max(1, space.width() / 2);
    Map.Entry<Integer, Double> below = space.curve().floorEntry(half);
    Map.Entry<Integer, Double> above = space.curve().ceilingEntry(half);
    if (below == null || above == null) {
      return Math.sqrt(below == null ? space.curve().firstEntry().getValue() : below.getValue());
    }
    int distance = above.getKey() - below.getKey();
    double way = distance == 0 ? 0 : (double) (half - below.getKey()) / distance;
    return Math.sqrt((1 - way) * below.getValue() + way * above.getValue());
  }

  private static String points(MappedSpace space) {
    return "%s, %d of %d channels kept; error at so many channels: %s"
        .formatted(space.name(), space.rank(), space.width(), curve(space));
  }

  private static String curve(MappedSpace space) {
    return space.curve().entrySet().stream()
        .map(point -> format("%d: %.3g", point.getKey(), Math.sqrt(point.getValue())))
        .collect(Collectors.joining(", "));
  }

  /** Outputs to be looked at. */
  Section pictures() {
    List<PictureLine> lines = new ArrayList<>();
    for (PictureRow row : evidence.pictures()) {
      lines.add(
          new PictureLine(
              "output '%s' of %s".formatted(row.output(), row.image()),
              List.of(
                  new Picture(row.original(), "original"),
                  new Picture(row.compressed(), "compressed"),
                  new Picture(row.difference(), "difference"))));
    }
    return new Section(
        "pictures",
        "What comes out",
        lines.isEmpty()
            ? List.of()
            : List.of(
                "All in one range, from the smallest to the largest value of the original's"
                    + " output; the difference is black where there is none."),
        lines.isEmpty() ? List.of() : List.of(new Pictures(lines)));
  }

  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
