package dev.capstan.pipeline.evidence;

import dev.capstan.ort.KernelTime;
import dev.capstan.pipeline.result.LatencyTiming;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a run's time goes, by ONNX Runtime's own account: batch 1, one thread, milliseconds.
 *
 * @param byOperator summed over kernels of one type, the longest first
 * @param slowest kernels that take longest in the result
 */
public record KernelTimes(List<Row> byOperator, List<Row> slowest) {
  private static final int MOST_OPERATORS = 15;
  private static final int MOST_KERNELS = 15;

  /** Copies the lists. */
  public KernelTimes {
    byOperator = List.copyOf(byOperator);
    slowest = List.copyOf(slowest);
  }

  /** A time before and after; null where there is no such kernel. */
  public record Row(String name, @Nullable Double before, @Nullable Double after) {}

  static KernelTimes of(LatencyTiming.Kernels kernels) {
    List<KernelTime> before = kernels.before();
    List<KernelTime> after = kernels.after();
    Map<String, Double> first = sums(before, KernelTime::operator);
    Map<String, Double> second = sums(after, KernelTime::operator);
    Map<String, Double> all = new LinkedHashMap<>(first);
    second.forEach((name, millis) -> all.merge(name, millis, Math::max));
    Map<String, Double> named = sums(before, KernelTime::name);
    List<KernelTime> longest = new ArrayList<>(after);
    longest.sort(Comparator.comparingDouble(KernelTime::millis).reversed());
    return new KernelTimes(
        all.entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .limit(MOST_OPERATORS)
            .map(entry -> row(entry.getKey(), first, second.get(entry.getKey())))
            .toList(),
        longest.stream()
            .limit(MOST_KERNELS)
            .map(kernel -> row(kernel.name(), named, kernel.millis()))
            .toList());
  }

  private static Row row(String name, Map<String, Double> before, @Nullable Double after) {
    Double millis = before.get(name);
    return new Row(
        name,
        millis == null ? null : Evidence.rounded(millis),
        after == null ? null : Evidence.rounded(after));
  }

  private static Map<String, Double> sums(
      List<KernelTime> kernels, Function<KernelTime, String> key) {
    return kernels.stream()
        .collect(
            Collectors.groupingBy(
                key, LinkedHashMap::new, Collectors.summingDouble(KernelTime::millis)));
  }
}
