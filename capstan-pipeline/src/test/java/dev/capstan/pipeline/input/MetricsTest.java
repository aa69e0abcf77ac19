package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.job.Inputs.MetricChoice;
import dev.capstan.metric.Metric;
import dev.capstan.metric.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics by their names. */
final class MetricsTest {
  @TempDir Path folder;

  /** Counts images. */
  public static final class Count implements Metric {
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
  }

  /** The folder of classes that names these metrics. */
  private Path naming(String... classes) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF").resolve("services"));
    Files.writeString(services.resolve(Metric.class.getName()), String.join("\n", classes));
    return folder;
  }

  @Test
  void aMetricIsFoundInAFolder() throws IOException {
    Path named = naming(Count.class.getName());

    assertThat(Metrics.named("count", named)).isInstanceOf(Count.class);
    assertThat(Session.metric(new MetricChoice("count", named))).isInstanceOf(Count.class);
    assertThat(Session.metric(null)).isNull();
  }

  @Test
  void anUnknownNameIsToldWithThoseThatAreThere() throws IOException {
    Path named = naming(Count.class.getName());

    assertThatThrownBy(() -> Metrics.named("overlap", named))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no metric is named 'overlap', found count:");
    assertThatThrownBy(() -> Metrics.named("count", null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no metric is named 'count', found none:");
  }

  @Test
  void aJarThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Metrics.named("count", folder.resolve("own.jar")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("own.jar: no such file");
  }

  @Test
  void aMetricThatCannotBeLoadedIsNamedWithItsJar() throws IOException {
    Path named = naming("there.is.None");

    assertThatThrownBy(() -> Metrics.named("count", named))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(folder + ": a metric cannot be loaded")
        .hasMessageContaining("there.is.None");
  }
}
