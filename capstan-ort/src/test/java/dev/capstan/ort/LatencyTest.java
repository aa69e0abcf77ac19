package dev.capstan.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.ort.result.LatencyMillis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LatencyTest {
  @TempDir Path folder;

  private long nanos;
  private final StringBuilder order = new StringBuilder();

  private Runnable job(char name, long... millis) {
    int[] run = {0};
    return () -> {
      order.append(name);
      nanos += millis[run[0]++ % millis.length] * 1_000_000;
    };
  }

  private double[] medians(Duration limit, Runnable... jobs) {
    return new Interleaved(limit, () -> nanos).medians(List.of(jobs));
  }

  @Test
  void runsInTurnAndTakesTheMedian() {
    double[] medians =
        medians(Duration.ofSeconds(1), job('A', 2, 2, 90, 2, 2), job('B', 5, 5, 5, 5));

    assertThat(medians).containsExactly(2, 5);
    assertThat(order.toString()).matches("(AB)+");
  }

  @Test
  void keepsTheLimitButAlwaysMeasures() {
    medians(Duration.ofSeconds(1), job('A', 10, 20));
    assertThat(nanos).isBetween(900_000_000L, 1_020_000_000L);

    order.setLength(0);
    assertThat(medians(Duration.ZERO, job('A', 70))).containsExactly(70);
    assertThat(order).hasSizeLessThan(6);
  }

  /** Equal times tell all at once, ones that differ by half need the time they are given. */
  @Test
  void stopsWhenMoreRunsTellNoMore() {
    medians(Duration.ofDays(1), job('A', 100), job('B', 100, 101, 99));
    assertThat(order).hasSizeLessThan(2 * 150);

    order.setLength(0);
    medians(Duration.ofDays(1), job('A', 100), job('B', 100, 150));
    assertThat(order).hasSizeBetween(2 * 500, 2 * 700);
  }

  @Test
  void timesModels() {
    Path file = OnnxFixture.unary(folder, "Relu", TensorProto.DataType.FLOAT);

    List<LatencyMillis> times = new Latency(8, Duration.ofMillis(50)).measure(List.of(file, file));

    assertThat(times).hasSize(2);
    assertThat(times).allMatch(time -> time.oneThread() > 0 && time.allThreads() > 0);
    assertThat(times)
        .extracting(LatencyMillis::processorShare)
        .allMatch(share -> share > 0 && share <= 1);
  }

  /** What a wall clock counts without this thread's doing is others'. */
  @Test
  void tellsTheShareOfTheProcessorThatItGot() {
    ProcessorShare share = new ProcessorShare();

    share.during(
        () -> {
          LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
          return 0;
        });

    assertThat(share.found()).isLessThan(0.5);
  }

  @Test
  void bindsTheBatchAndNothingElse() {
    Shape open = new Shape(List.of(Dim.open("N"), Dim.of(3)));
    Shape fixed = Shape.of(1, 3);

    assertThat(RandomInputs.draw(List.of(value(open)), Map.of(), 8, 1).get("x").sizes())
        .containsExactly(8, 3);
    assertThat(RandomInputs.draw(List.of(value(fixed)), Map.of(), 8, 1).get("x").sizes())
        .containsExactly(1, 3);
    assertThatThrownBy(() -> RandomInputs.draw(List.of(value(Shape.of(-1, -1))), Map.of(), 8, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'x'");
  }

  private static Value value(Shape shape) {
    return new Value("x", new TensorType(DataType.FLOAT32, shape));
  }
}
