package dev.capstan.pipeline.compare;

import dev.capstan.job.CompareJob;
import dev.capstan.recipe.Method;
import dev.capstan.report.CompareReport.CompareRow;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/** Estimates how long the rows of a comparison still take, by those that are done. */
public final class RemainingTime {
  private final int total;
  private final List<CompareRow> done;
  private final long controls;

  /**
   * The time of a comparison.
   *
   * @param total rows in all
   * @param done those that are there
   * @param controls trainings of the original that are left: nothing is learned in one, but it
   *     trains more weights, so each counts as a row
   */
  public RemainingTime(int total, List<CompareRow> done, long controls) {
    this.total = total;
    this.done = new ArrayList<>(done);
    this.controls = controls;
  }

  public void done(CompareRow row) {
    done.add(row);
  }

  /** What to tell before the first of the rows that are left. */
  public String before(List<CompareJob.Key> left) {
    String row = "row %d of %d: %s".formatted(total - left.size() + 1, total, left.get(0));
    return done.isEmpty() ? row : row + ", " + minutes(seconds(left)) + " left in all";
  }

  private double seconds(List<CompareJob.Key> left) {
    double rows = left.stream().mapToDouble(key -> seconds(key.method())).sum();
    return rows + controls * mean(row -> true).orElseThrow();
  }

  /** Rows of the same method tell best. */
  private double seconds(Method method) {
    return mean(row -> row.key().method().equals(method))
        .orElseGet(() -> mean(row -> true).orElseThrow());
  }

  private OptionalDouble mean(Predicate<CompareRow> wanted) {
    return done.stream().filter(wanted).mapToDouble(row -> row.work().seconds()).average();
  }

  private static String minutes(double seconds) {
    return seconds < 90
        ? "about %d s".formatted(Math.round(seconds))
        : "about %d min".formatted(Math.round(seconds / 60));
  }
}
