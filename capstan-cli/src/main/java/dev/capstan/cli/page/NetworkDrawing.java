package dev.capstan.cli.page;

import dev.capstan.cli.page.Block.Drawing;
import dev.capstan.cli.page.Block.Mark;
import dev.capstan.cli.page.Block.Meaning;
import dev.capstan.cli.page.Block.Size;
import dev.capstan.cli.page.Block.Stroke;
import dev.capstan.cli.table.Quantity;
import dev.capstan.pipeline.evidence.NetworkMap;
import dev.capstan.pipeline.evidence.NetworkMap.Layer;
import dev.capstan.pipeline.evidence.NetworkMap.MappedSpace;
import dev.capstan.pipeline.evidence.NetworkMap.Treatment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Layers from left to right as they depend on each other, in the colours of what becomes of their
 * channels.
 */
final class NetworkDrawing {
  private static final int STEP = 24;
  private static final int MARGIN = 16;
  private static final double RADIUS = 7;
  private static final List<Meaning> LEGEND =
      List.of(
          new Meaning("free", "free: any combination of channels"),
          new Meaning("selected", "channels are selected, not mixed"),
          new Meaning("alone", "left alone"));

  private final NetworkMap map;
  private final List<Place> places = new ArrayList<>();
  private final Set<Place> taken = new HashSet<>();

  /** Of a layer: how many layers lie before it, and in which line it stands, 0 in the middle. */
  private record Place(int column, int line) {}

  NetworkDrawing(NetworkMap map) {
    this.map = map;
    map.layers().forEach(layer -> places.add(place(layer)));
  }

  /** Behind the first layer that it reads, where that is free, else as near as can be. */
  private Place place(Layer layer) {
    int column = layer.reads().stream().mapToInt(i -> places.get(i).column() + 1).max().orElse(0);
    int line = layer.reads().stream().mapToInt(i -> places.get(i).line()).findFirst().orElse(0);
    for (int away = 0; ; away++) {
      for (int side : new int[] {line + away, line - away}) {
        Place found = new Place(column, side);
        if (taken.add(found)) {
          return found;
        }
      }
    }
  }

  Drawing drawing() {
    int top = places.stream().mapToInt(Place::line).min().orElse(0);
    int bottom = places.stream().mapToInt(Place::line).max().orElse(0);
    int last = places.stream().mapToInt(Place::column).max().orElse(0);
    int bow = bow();
    List<Stroke> edges = new ArrayList<>();
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      for (int read : map.layers().get(i).reads()) {
        edges.add(edge(places.get(read), places.get(i), top, bow));
      }
      marks.add(mark(map.layers().get(i), x(places.get(i)), y(places.get(i), top, bow)));
    }
    return new Drawing(
        "Layers and their channels",
        new Size(last * STEP + 2 * MARGIN, (bottom - top) * STEP + 2 * MARGIN + bow),
        edges,
        marks,
        List.of(),
        LEGEND);
  }

  /** Room above for the highest bow. */
  private int bow() {
    int longest = 0;
    for (int i = 0; i < places.size(); i++) {
      for (int read : map.layers().get(i).reads()) {
        longest = Math.max(longest, places.get(i).column() - places.get(read).column());
      }
    }
    return longest > 1 ? (int) height(longest) : 0;
  }

  private static double height(int columns) {
    return Math.min(3 * STEP, 6 + 4.0 * columns);
  }

  private static double x(Place place) {
    return MARGIN + place.column() * STEP;
  }

  private static double y(Place place, int top, int bow) {
    return MARGIN + bow + (place.line() - top) * STEP;
  }

  /** What passes other layers goes above them. */
  private static Stroke edge(Place from, Place to, int top, int bow) {
    double y1 = y(from, top, bow);
    double y2 = y(to, top, bow);
    int columns = to.column() - from.column();
    if (columns == 1) {
      return Stroke.line(x(from), y1, x(to), y2, "edge");
    }
    // A cubic reaches three quarters of the way to its control points.
    double above = Math.min(y1, y2) - height(columns) * 4 / 3;
    return new Stroke(
        "M%s %sC%s %s %s %s %s %s"
            .formatted(
                Pixels.of(x(from)),
                Pixels.of(y1),
                Pixels.of(x(from) + STEP),
                Pixels.of(Math.max(2, above)),
                Pixels.of(x(to) - STEP),
                Pixels.of(Math.max(2, above)),
                Pixels.of(x(to)),
                Pixels.of(y2)),
        "edge");
  }

  private Mark mark(Layer layer, double x, double y) {
    MappedSpace space = layer.space() < 0 ? null : map.spaces().get(layer.space());
    Treatment treatment = space == null ? Treatment.LEFT_ALONE : space.treatment();
    String look =
        switch (treatment) {
          case FREE -> "free";
          case SELECTED -> "selected";
          case LEFT_ALONE -> "alone";
        };
    Stroke stroke =
        layer.macs().before() > 0
            ? Stroke.dot(x, y, RADIUS, look)
            : Stroke.box(x - RADIUS / 2, y - RADIUS / 2, RADIUS, RADIUS, look);
    return new Mark(
        List.of(stroke),
        words(layer, space),
        space == null ? null : Integer.toString(layer.space()));
  }

  private static String words(Layer layer, @Nullable MappedSpace space) {
    StringBuilder words = new StringBuilder(layer.name() + " (" + layer.operator() + ")");
    if (layer.macs().before() > 0) {
      words.append(
          ", MACs %s to %s"
              .formatted(
                  Quantity.count(layer.macs().before()), Quantity.count(layer.macs().after())));
    }
    if (space != null) {
      words.append(
          "; channels of %s: %d of %d, %s"
              .formatted(space.name(), space.rank(), space.width(), state(space)));
    }
    return words.toString();
  }

  private static String state(MappedSpace space) {
    String said =
        switch (space.treatment()) {
          case FREE -> "free";
          case SELECTED -> "selected only";
          case LEFT_ALONE -> "left alone";
        };
    return (space.stream() ? "residual stream, " : "")
        + said
        + (space.reason().isEmpty() ? "" : ": " + space.reason());
  }
}
