package dev.capstan.pipeline.compare;

import dev.capstan.job.CompareJob;
import dev.capstan.recipe.Method;
import dev.capstan.report.CompareReport.CompareRow;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Estimates how long the rows of a comparison still take, by those that are done. */
public final class RemainingTime {
  private final int total;
  private final List<CompareRow> done;

  public RemainingTime(int total, List<CompareRow> done) {
    this.total = total;
    this.done = new ArrayList<>(done);
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
    return left.stream().mapToDouble(key -> seconds(key.method())).sum();
  }

  /** Rows of the same method tell best. */
  private double seconds(Method method) {
    OptionalDouble same =
        done.stream()
            .filter(row -> row.key().method().equals(method))
            .mapToDouble(row -> row.work().seconds())
            .average();
    return same.orElseGet(
        () -> done.stream().mapToDouble(row -> row.work().seconds()).average().orElseThrow());
  }

  private static String minutes(double seconds) {
    return seconds < 90
        ? "about %d s".formatted(Math.round(seconds))
        : "about %d min".formatted(Math.round(seconds / 60));
  }
}
