package dev.capstan.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 1000, 40_000})
  void anEpochIsAPermutationThatSeedAndEpochDecide(int size) {
    int[] all = IntStream.range(0, size).map(i -> 7 * i + 3).toArray();
    int[] epoch = Order.shuffled(all, 5).epoch(2);
    assertThat(Arrays.stream(epoch).sorted().toArray()).isEqualTo(all);
    assertThat(Order.shuffled(all, 5).epoch(2)).isEqualTo(epoch);
    if (size > 60) {
      assertThat(Order.shuffled(all, 5).epoch(3)).isNotEqualTo(epoch);
      assertThat(Order.shuffled(all, 6).epoch(2)).isNotEqualTo(epoch);
      assertThat(epoch).isNotEqualTo(all);
    }
  }

  @Test
  void aSetSortedByClassComesMixed() {
    int classes = 10;
    int size = 50_000;
    int[] epoch = Order.shuffled(IntStream.range(0, size).toArray(), 1).epoch(0);
    for (int from = 0; from < size; from += 5000) {
      int[] part = Arrays.copyOfRange(epoch, from, from + 500);
      assertThat(Arrays.stream(part).map(i -> i / (size / classes)).distinct().count())
          .isEqualTo(classes);
    }
  }

  @Test
  void aLargeSetIsReadThroughABoundedWindow() {
    int[] all = IntStream.range(0, 200_000).toArray();
    int[] epoch = Order.shuffled(all, 1).epoch(0);
    // Blocks not yet drawn can be held back, but never more of them than the window has room for.
    boolean[] begun = new boolean[all.length / 64 + 1];
    long blocks = 0;
    long mostAhead = 0;
    for (int i = 0; i < epoch.length; i++) {
      blocks += begun[epoch[i] / 64] ? 0 : 1;
      begun[epoch[i] / 64] = true;
      mostAhead = Math.max(mostAhead, 64 * blocks - i);
    }
    assertThat(mostAhead).isLessThan((1 << 14) + 2 * 64);
  }

  @Test
  void aLimitMayGoBeyondOneEpochAndASkipGoesOnWhereARunStopped() {
    int[] all = {4, 5, 6};
    Order order = Order.sequential(all).limit(8).skip(3);
    assertThat(order.images()).isEqualTo(5);
    assertThat(order.epochAt(order.first())).isEqualTo(1);
    assertThat(order.skip(100).images()).isZero();
  }
}
