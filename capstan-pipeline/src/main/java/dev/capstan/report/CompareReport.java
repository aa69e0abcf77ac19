package dev.capstan.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What came of a comparison.
 *
 * @param figure what rows are compared by, in words
 * @param baseline that of the original
 * @param macs the original's multiply-accumulates for one input
 * @param parameters its trained numbers
 * @param machine what it ran on and with
 * @param lines one for each method and budget, averaged over seeds
 * @param rows one for each method, budget and seed
 * @param skippedImages images left out, each with what is wrong with it
 */
public record CompareReport(
    String figure,
    double baseline,
    long macs,
    long parameters,
    Machine machine,
    List<CompareLine> lines,
    List<CompareRow> rows,
    List<String> skippedImages) {

  /** The lines of rows, budgets in the order of their rows. */
  public static List<CompareLine> lines(List<CompareRow> rows) {
    Map<String, List<CompareRow>> alike =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.key().keepMacs() + " " + row.key().method(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return alike.values().stream().map(CompareLine::of).toList();
  }
}
