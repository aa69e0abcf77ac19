package dev.capstan.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

final class AxisTest {
  @Test
  void ticksAreRoundAndEven() {
    List<BigDecimal> ticks = new Axis("x", 9.1, 20.7).ticks();

    assertThat(ticks)
        .extracting(BigDecimal::toPlainString)
        .containsExactly("10", "12", "14", "16", "18", "20");
  }

  @Test
  void everyAxisHasAFewTicksInside() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1000; i++) {
      double from = random.nextDouble(-100, 100);
      Axis axis = new Axis("x", from, from + Math.pow(10, random.nextDouble(-4, 6)));

      assertThat(axis.ticks()).as(axis.toString()).hasSizeBetween(2, 7);
      assertThat(axis.ticks())
          .allMatch(tick -> tick.doubleValue() >= axis.from() && tick.doubleValue() <= axis.to());
    }
  }

  @Test
  void valuesLieInsideEvenIfAllAreEqual() {
    assertThat(Axis.around("x", DoubleStream.of(3, 3)).position(3)).isEqualTo(0.5);
    assertThat(Axis.around("x", DoubleStream.of(0)).position(0)).isBetween(0.1, 0.9);
    assertThat(Axis.around("x", DoubleStream.of(2, 7)).position(2)).isBetween(0.01, 0.2);
  }
}
