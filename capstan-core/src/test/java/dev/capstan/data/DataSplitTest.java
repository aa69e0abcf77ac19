package dev.capstan.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.image.Preprocessing;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSplitTest {
  private static DataSplit split(int size) {
    return DataSplit.of(
        new ImageStore(
            new ShapeImages(1, size), new ImageIoDecoder(), Preprocessing.imageNet(32, 32)));
  }

  @Test
  void bothPartsTogetherAreTheWhole() {
    for (int size = 2; size <= 3000; size++) {
      DataSplit split = split(size);
      int[] seen = split.seen().indices();
      int[] heldOut = split.heldOut().indices();

      assertThat(split.all().indices()).isEqualTo(IntStream.range(0, size).toArray());
      assertThat(IntStream.concat(Arrays.stream(seen), Arrays.stream(heldOut)).sorted().toArray())
          .as("%d images", size)
          .isEqualTo(split.all().indices());
      assertThat(seen).isSorted().isNotEmpty();
      assertThat(heldOut).isSorted().isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatCannotBePartedIsSeenAndHeldOut(int size) {
    DataSplit split = split(size);

    assertThat(split.seen().size()).isEqualTo(size);
    assertThat(split.heldOut().size()).isEqualTo(size);
    assertThat(split.all().size()).isEqualTo(size);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1",
    "5, 1",
    "10, 2",
    "14, 2",
    "500, 100",
    "999, 199",
    "1000, 200",
    "1001, 200",
    "4000, 200",
    "4020, 201",
    "10000, 500",
    "20000, 1000",
    "20100, 1000",
    "50000, 1000"
  })
  void heldOutAreAFifthOfFewThenTwoHundredThenATwentiethAThousandAtMost(int size, int count) {
    assertThat(split(size).heldOut().size()).isEqualTo(count);
  }

  /** Of classes that lie one after the other, each gives the share that all give together. */
  @ParameterizedTest
  @CsvSource({"100, 10", "320, 10", "999, 7", "3000, 10", "5000, 100", "50000, 10", "50000, 1000"})
  void classesThatLieOneAfterTheOtherGiveTheirShares(int size, int classes) {
    int[] heldOut = split(size).heldOut().indices();
    double share = (double) heldOut.length / size;
    for (int k = 0; k < classes; k++) {
      int from = (int) ((long) k * size / classes);
      int end = (int) ((long) (k + 1) * size / classes);
      long found = Arrays.stream(heldOut).filter(index -> index >= from && index < end).count();
      assertThat((double) found)
          .as("class %d of %d", k, classes)
          .isCloseTo(share * (end - from), Offset.offset(1.0));
    }
  }
}
