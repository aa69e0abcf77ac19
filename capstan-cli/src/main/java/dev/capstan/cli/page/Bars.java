package dev.capstan.cli.page;

import dev.capstan.cli.page.Block.Drawing;
import dev.capstan.cli.page.Block.Label;
import dev.capstan.cli.page.Block.Mark;
import dev.capstan.cli.page.Block.Meaning;
import dev.capstan.cli.page.Block.Size;
import dev.capstan.cli.page.Block.Stroke;
import java.util.ArrayList;
import java.util.List;

/**
 * Bars along the network, from the input to the output.
 *
 * @param title what they show
 * @param bars from left to right
 * @param highest what stands at the height of the highest
 */
record Bars(String title, List<Bar> bars, String highest) {
  private static final int HEIGHT = 200;
  private static final int TOP = 20;
  private static final int WIDE = 16;
  private static final int NARROW = 6;

  /** More bars than these are narrow. */
  private static final int MANY = 120;

  private static final int LEAST_WIDTH = 160;

  /**
   * A bar.
   *
   * @param pale how high the pale part is, in any unit; 0 for none
   * @param strong how high the strong part in front of it is
   */
  record Bar(double pale, double strong, String words) {}

  Drawing drawing(List<Meaning> legend) {
    int step = bars.size() > MANY ? NARROW : WIDE;
    double most = bars.stream().mapToDouble(bar -> Math.max(bar.pale, bar.strong)).max().orElse(1);
    double scale = (HEIGHT - TOP) / (most > 0 ? most : 1);
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; i < bars.size(); i++) {
      marks.add(mark(bars.get(i), i * step, step * 3 / 4, scale));
    }
    int width = Math.max(LEAST_WIDTH, bars.size() * step);
    return new Drawing(
        title,
        new Size(width, HEIGHT + 1),
        List.of(Stroke.line(0, HEIGHT + 0.5, width, HEIGHT + 0.5, "axis")),
        marks,
        List.of(new Label(0, 12, "start", highest)),
        legend);
  }

  private static Mark mark(Bar bar, int x, int width, double scale) {
    List<Stroke> strokes = new ArrayList<>();
    // Reaches to the top, so that a low bar can be pointed at.
    strokes.add(Stroke.box(x, TOP, width, HEIGHT - TOP, "air"));
    if (bar.pale > 0) {
      strokes.add(upright(x, width, bar.pale * scale, "before"));
    }
    strokes.add(upright(x, width, bar.strong * scale, "after"));
    return new Mark(strokes, bar.words, null);
  }

  private static Stroke upright(int x, int width, double height, String look) {
    double shown = Math.max(1, height);
    return Stroke.box(x, HEIGHT - shown, width, shown, look);
  }
}
