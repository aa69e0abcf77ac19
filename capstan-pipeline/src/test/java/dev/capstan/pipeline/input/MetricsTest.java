package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.job.Inputs.MetricChoice;
import dev.capstan.pipeline.CountMetric;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics by their names. */
final class MetricsTest {
  @TempDir Path folder;

  private Path naming(String... classes) throws IOException {
    return CountMetric.named(folder, classes);
  }

  @Test
  void aMetricIsFoundInAFolder() throws IOException {
    Path named = naming(CountMetric.class.getName());

    assertThat(Metrics.named("count", named)).isInstanceOf(CountMetric.class);
    assertThat(Session.metric(new MetricChoice("count", named))).isInstanceOf(CountMetric.class);
    assertThat(Session.metric(null)).isNull();
  }

  @Test
  void anUnknownNameIsToldWithThoseThatAreThere() throws IOException {
    Path named = naming(CountMetric.class.getName());

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
