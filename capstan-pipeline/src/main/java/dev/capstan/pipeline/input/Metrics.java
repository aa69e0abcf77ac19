package dev.capstan.pipeline.input;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import dev.capstan.metric.Metric;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds metrics among the services on the class path and in a jar. */
public final class Metrics {
  private Metrics() {}

  /**
   * The metric of a name.
   *
   * @param jar a jar or a folder of classes to look in beside the class path, null for none; it
   *     stays open, since the metric may load more of its classes at any time
   * @throws InvalidInputException if there is none of that name, telling which there are
   */
  public static Metric named(String name, @Nullable Path jar) {
    List<Metric> all = all(jar);
    return all.stream()
        .filter(metric -> metric.name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name, all));
  }

  private static List<Metric> all(@Nullable Path jar) {
    ClassLoader own = Metric.class.getClassLoader();
    ClassLoader loader = jar == null ? own : new URLClassLoader(new URL[] {url(jar)}, own);
    try {
      return ServiceLoader.load(Metric.class, loader).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError e) {
      throw new InvalidInputException(
          (jar == null ? "class path" : jar) + ": a metric cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static URL url(Path jar) {
    String flaw = Files.isDirectory(jar) ? null : InputFile.flaw(jar);
    if (flaw != null) {
      throw new InvalidInputException(jar + ": " + flaw + "; name the jar that holds the metric");
    }
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new InvalidInputException(jar + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static InvalidInputException unknown(String name, List<Metric> all) {
    String found = String.join(", ", all.stream().map(Metric::name).sorted().toList());
    return new InvalidInputException(
        "no metric is named '%s', found %s: name the jar that holds it with setting 'metric-jar'"
            .formatted(name, found.isEmpty() ? "none" : found));
  }
}
