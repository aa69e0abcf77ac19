package dev.capstan.space;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Bases made of scores. */
class BasisTest {
  @Test
  void largestScoresAreKeptAndOfEqualOnesTheFirst() {
    assertThat(Basis.ofLargest(new double[] {1, 5, 2, 2, 5, 2}, 3, Groups.NONE))
        .isEqualTo(Basis.selection(6, 1, 2, 4));
  }

  @Test
  void groupsKeepEquallyMany() {
    assertThat(Basis.ofLargest(new double[] {9, 8, 7, 1, 2, 3}, 4, new Groups(2, true)))
        .isEqualTo(Basis.selection(6, 0, 1, 4, 5));
  }
}
