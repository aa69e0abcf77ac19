package dev.capstan.chart;

import java.util.List;

/**
 * Panels in rows, under a title and one legend.
 *
 * @param title over all
 * @param rows panels from left to right, rows from top to bottom
 */
public record Chart(String title, List<List<Panel>> rows) {
  private static final double TOP = 64;
  private static final double LEGEND_ENTRY = 104;
  private static final double LEFT = 24;

  /** Copies the lists. */
  public Chart {
    rows = rows.stream().map(List::copyOf).toList();
  }

  /** The chart as an SVG file, complete in itself. */
  public String svg() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    double width = LEFT + Math.max(columns * PanelDrawing.WIDTH, names().size() * LEGEND_ENTRY);
    double height = TOP + rows.size() * PanelDrawing.HEIGHT;
    SvgWriter svg = new SvgWriter(width, height);
    svg.open("rect", "width=100%", "height=100%", "fill=#ffffff");
    svg.close();
    svg.open("g", "font-size=15", "font-weight=bold");
    svg.text(LEFT, 24, "start", title);
    svg.close();
    legend(svg);
    panels(svg);
    return svg.end();
  }

  /** Names of series in the order of their first appearance, which is that of their styles. */
  private List<String> names() {
    return rows.stream()
        .flatMap(List::stream)
        .flatMap(panel -> panel.series().stream())
        .map(Series::name)
        .distinct()
        .toList();
  }

  private void legend(SvgWriter svg) {
    List<String> names = names();
    for (int i = 0; i < names.size(); i++) {
      Style style = Style.of(i);
      svg.moveTo(LEFT + i * LEGEND_ENTRY, 46);
      svg.path("M0,0H22", style.colour(), 2, "none");
      svg.moveTo(11, 0);
      svg.path(style.mark(), "#ffffff", 1, style.colour());
      svg.close();
      svg.text(28, 4, "start", names.get(i));
      svg.close();
    }
  }

  private void panels(SvgWriter svg) {
    List<String> names = names();
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        svg.moveTo(LEFT + column * PanelDrawing.WIDTH, TOP + row * PanelDrawing.HEIGHT);
        new PanelDrawing(rows.get(row).get(column), names, svg).draw();
        svg.close();
      }
    }
  }
}
