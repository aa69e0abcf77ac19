package dev.capstan.ort;

import dev.capstan.files.TemporaryFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where a model's time goes, by ONNX Runtime's own account. */
public final class Profile {
  private static final String KERNEL = "_kernel_time";

  private Profile() {}

  /**
   * The time of each kernel, in the order they run.
   *
   * @param threads how many one run may use
   * @param batch inputs a run, where the model leaves its first axis open
   * @param limit time to spend
   */
  public static List<KernelTime> of(Path file, int threads, int batch, Duration limit) {
    return of(file, threads, new Latency(batch, limit));
  }

  public static List<KernelTime> of(Path file, int threads, Latency runs) {
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      OrtModel model = OrtModel.profiled(file, threads, folder.path());
      try (Timed timed = Timed.of(model, runs.batch(), runs.inputs())) {
        new Interleaved(runs.limit(), System::nanoTime).medians(List.of(timed));
        return end(model);
      }
    }
  }

  /**
   * The share of a run that goes into conversions between types, on one thread. What this machine
   * has no kernels for in the type that a model asks for is computed in another one.
   */
  public static double casts(Path file, Latency runs) {
    List<KernelTime> kernels = of(file, 1, runs);
    double all = kernels.stream().mapToDouble(KernelTime::millis).sum();
    double casts =
        kernels.stream()
            .filter(kernel -> kernel.operator().equals("Cast"))
            .mapToDouble(KernelTime::millis)
            .sum();
    return all == 0 ? 0 : casts / all;
  }

  /** What a profiled model took down. */
  static List<KernelTime> end(OrtModel model) {
    Path file = model.endProfile();
    try {
      List<KernelTime> kernels = read(Files.readString(file));
      Files.delete(file);
      return kernels;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A list of events, those of kernels with microseconds {@code dur}. */
  static List<KernelTime> read(String json) {
    Map<String, List<Double>> times = new LinkedHashMap<>();
    Map<String, String> operators = new LinkedHashMap<>();
    for (JsonNode event : JsonMapper.shared().readTree(json)) {
      String name = event.path("name").asString("");
      if (name.endsWith(KERNEL)) {
        String kernel = name.substring(0, name.length() - KERNEL.length());
        times
            .computeIfAbsent(kernel, k -> new ArrayList<>())
            .add(event.path("dur").asDouble() / 1e3);
        operators.put(kernel, event.path("args").path("op_name").asString(""));
      }
    }
    return operators.entrySet().stream()
        .map(
            kernel ->
                new KernelTime(
                    kernel.getKey(),
                    kernel.getValue(),
                    median(times.getOrDefault(kernel.getKey(), List.of()))))
        .toList();
  }

  private static double median(List<Double> times) {
    return Interleaved.median(times.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
