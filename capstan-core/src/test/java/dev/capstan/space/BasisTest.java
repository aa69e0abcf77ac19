package dev.capstan.space;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Bases made of scores. */
class BasisTest {
  @Test
  void largestScoresAreKeptAndOfEqualOnesTheFirst() {
    assertThat(Basis.ofLargest(new double[] {1, 5, 2, 2, 5, 2}, 3))
        .isEqualTo(Basis.selection(6, 1, 2, 4));
  }
}
