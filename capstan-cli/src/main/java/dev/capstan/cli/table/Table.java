package dev.capstan.cli.table;

import dev.capstan.text.Shown;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Text in columns, two spaces apart, under their titles.
 *
 * @param columns titles and alignment
 * @param rows one cell a column
 */
public record Table(List<Column> columns, List<List<String>> rows) {
  /** Columns of words are not cut below this width: a longer title stays whole. */
  private static final int NARROWEST = 10;

  /**
   * A column.
   *
   * @param title its title, may be empty
   * @param right whether it is aligned to the right, as numbers are
   * @param spare whether it goes where there is little room, before words are cut
   */
  public record Column(String title, boolean right, boolean spare) {
    /** A column of words. */
    public static Column words(String title) {
      return new Column(title, false, false);
    }

    /** A column of numbers. */
    public static Column numbers(String title) {
      return new Column(title, true, false);
    }

    /** A column of words that others tell, too. */
    public static Column spare(String title) {
      return new Column(title, false, true);
    }

    /** A column of numbers that can be done without. */
    public static Column spareNumbers(String title) {
      return new Column(title, true, true);
    }

    private String pad(String cell, int width) {
      String space = " ".repeat(width - cell.length());
      return right ? space + cell : cell + space;
    }
  }

  /** Columns of a row that has room for no words at its end on a narrow page. */
  private static final int MANY = 5;

  /** Copies the lists and checks that every row fills the columns; cells are of one line. */
  public Table {
    columns = List.copyOf(columns);
    rows = rows.stream().map(row -> row.stream().map(Shown::line).toList()).toList();
    for (List<String> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(columns.size() + " columns but a row of " + row);
      }
    }
  }

  /** Whether a row ends with words about the figures before them, which may stand below these. */
  public boolean isNoted() {
    return columns.size() == MANY && !columns.get(MANY - 1).right();
  }

  /**
   * The same in lines of no more than {@code width} characters: spare columns go, then the widest
   * columns of words are cut until it fits, down to a few characters each.
   */
  public Table within(int width) {
    int[] widths = widths(columns.stream().map(Column::title).toList());
    int excess = IntStream.of(widths).sum() + 2 * (widths.length - 1) - width;
    int spare = columns.stream().map(Column::spare).toList().indexOf(true);
    if (excess > 0 && spare >= 0) {
      return new Table(
              without(spare, columns), rows.stream().map(row -> without(spare, row)).toList())
          .within(width);
    }
    for (; excess > 0; excess--) {
      int widest =
          IntStream.range(0, widths.length)
              .filter(i -> !columns.get(i).right() && widths[i] > NARROWEST)
              .boxed()
              .max(Comparator.comparingInt(i -> widths[i]))
              .orElse(-1);
      if (widest < 0) {
        break;
      }
      widths[widest]--;
    }
    return new Table(
        columns,
        rows.stream()
            .map(
                row ->
                    IntStream.range(0, row.size())
                        .mapToObj(i -> cut(row.get(i), widths[i]))
                        .toList())
            .toList());
  }

  private static <T> List<T> without(int place, List<T> all) {
    List<T> others = new ArrayList<>(all);
    others.remove(place);
    return others;
  }

  /** Names differ at their ends as often as at their beginnings: the middle goes. */
  private static String cut(String cell, int width) {
    int rest = width - 1;
    return cell.length() <= width
        ? cell
        : cell.substring(0, (rest + 1) / 2) + "…" + cell.substring(cell.length() - rest / 2);
  }

  /** The lines, without one that ends in spaces. */
  @Override
  public String toString() {
    List<String> titles = columns.stream().map(Column::title).toList();
    int[] widths = widths(titles);
    List<String> rule = IntStream.of(widths).mapToObj("-"::repeat).toList();
    List<List<String>> lines = new ArrayList<>(List.of(titles, rule));
    lines.addAll(rows);
    return lines.stream().map(line -> line(line, widths)).collect(Collectors.joining("\n"));
  }

  /** The same for a document. */
  public String markdown() {
    List<String> titles = columns.stream().map(Column::title).toList();
    List<String> rule = columns.stream().map(column -> column.right() ? "---:" : "---").toList();
    List<List<String>> lines = new ArrayList<>(List.of(titles, rule));
    rows.forEach(row -> lines.add(row.stream().map(Markdown::text).toList()));
    return lines.stream()
        .map(cells -> "| " + String.join(" | ", cells) + " |")
        .collect(Collectors.joining("\n"));
  }

  private int[] widths(List<String> titles) {
    return IntStream.range(0, columns.size())
        .map(column -> cells(titles, column).mapToInt(String::length).max().orElse(0))
        .toArray();
  }

  private Stream<String> cells(List<String> titles, int column) {
    return Stream.concat(Stream.of(titles), rows.stream()).map(row -> row.get(column));
  }

  private String line(List<String> cells, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(i -> columns.get(i).pad(cells.get(i), widths[i]))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }
}
