package dev.capstan.pipeline;

import dev.capstan.metric.Metric;
import dev.capstan.metric.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts images: a metric whose value is known. */
public final class CountMetric implements Metric {
  @Override
  public String name() {
    return "count";
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public Tally start() {
    return new Tally() {
      private int images;

      @Override
      public void add(Sample sample) {
        images++;
      }

      @Override
      public double value() {
        return images;
      }
    };
  }

  /** Makes a folder one of classes that names these metrics. */
  public static Path named(Path folder, String... classes) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF").resolve("services"));
    Files.writeString(services.resolve(Metric.class.getName()), String.join("\n", classes));
    return folder;
  }
}
