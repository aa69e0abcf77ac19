package dev.capstan.cli.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.ort.result.LatencyMillis;
import dev.capstan.report.Speed;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is told of times that were taken beside other work. */
final class SpeedTextTest {
  private static String told(@Nullable Double share) {
    LatencyMillis time = new LatencyMillis(1, 1, share);
    return SpeedText.others(new Speed(new Speed.Latencies(time, time), null, true, 0));
  }

  @Test
  void tellsWhatOthersHadWhereItIsMuch() {
    assertThat(told(0.65)).contains("35 % of the processor");
    assertThat(told(0.97)).isEmpty();
    assertThat(told(null)).isEmpty();
  }
}
