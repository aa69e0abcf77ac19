package dev.capstan.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.image.Preprocessing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSubsetTest {
  private static final ImageStore STORE = store(new ShapeImages(3, 100));

  private static ImageStore store(Dataset set) {
    return new ImageStore(set, new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
  }

  /** Every third image of the set, the last one first. */
  private static ImageSubset thirds() {
    return ImageSubset.of(STORE, IntStream.rangeClosed(1, 33).map(i -> 99 - 3 * i).toArray());
  }

  @Test
  void allImagesComeInTheOrderOfTheSet() {
    ImageSubset all = ImageSubset.all(STORE);

    assertThat(all.indices()).isEqualTo(IntStream.range(0, 100).toArray());
    assertThat(all.size()).isEqualTo(100);
    assertThat(all.isEmpty()).isFalse();
    assertThat(ImageSubset.of(STORE).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "10, 1", "10, 2", "33, 5", "40, 5"})
  void aSampleIsTheBeginningOfTheShuffledOrder(int most, long seed) {
    ImageSubset images = thirds();
    int[] epoch = images.shuffled(seed).epoch(0);

    assertThat(images.sample(most, seed).indices())
        .isEqualTo(Arrays.copyOf(epoch, Math.min(most, 33)));
    assertThat(epoch).containsExactlyInAnyOrder(images.indices());
  }

  @Test
  void aSampleBatchesAsTheLimitedOrderDoes() {
    ImageSubset images = thirds();
    List<int[]> limited = batches(images, images.shuffled(4).limit(20), 8);

    assertThat(batches(images.sample(20, 4), images.sample(20, 4).inOrder(), 8))
        .containsExactlyElementsOf(limited);
  }

  @Test
  void otherSeedsGiveOtherSamples() {
    assertThat(thirds().sample(10, 2).indices()).isNotEqualTo(thirds().sample(10, 1).indices());
  }

  private static List<int[]> batches(ImageSubset images, Order order, int size) {
    List<int[]> found = new ArrayList<>();
    try (Batches batches = images.batches(order, size, 2)) {
      batches.forEachRemaining(batch -> found.add(batch.indices()));
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 33, 50})
  void batchesHoldItsImagesInItsOrderAndNothingElse(int size) {
    ImageSubset images = thirds();
    List<Batch> found = new ArrayList<>();
    try (Batches batches = images.batches(size, 3)) {
      batches.forEachRemaining(found::add);
    }

    assertThat(found.stream().flatMapToInt(batch -> Arrays.stream(batch.indices())).toArray())
        .isEqualTo(images.indices());
    assertThat(found.stream().flatMapToInt(batch -> Arrays.stream(batch.labels())).toArray())
        .isEqualTo(Arrays.stream(images.indices()).map(STORE.dataset()::label).toArray());
    assertThat(found.subList(0, found.size() - 1)).allMatch(batch -> batch.size() == size);
  }

  /** Changing an array that went in or came out changes no images. */
  @Test
  void theIndicesAreItsOwn() {
    int[] given = {7, 3, 5};
    ImageSubset images = ImageSubset.of(STORE, given);
    given[0] = 9;
    images.indices()[1] = 9;

    assertThat(images.indices()).containsExactly(7, 3, 5);
  }

  @Test
  void theFingerprintTellsOrderAndChoiceApart() {
    int some = ImageSubset.of(STORE, 1, 2, 3).fingerprint();

    assertThat(ImageSubset.of(store(new ShapeImages(3, 100)), 1, 2, 3).fingerprint())
        .isEqualTo(some);
    assertThat(ImageSubset.of(STORE, 3, 2, 1).fingerprint()).isNotEqualTo(some);
    assertThat(ImageSubset.of(STORE, 1, 2).fingerprint()).isNotEqualTo(some);
  }

  @Test
  void labelsAreThoseOfTheSet() {
    assertThat(thirds().isLabelled()).isTrue();
    assertThat(ImageSubset.of(store(STORE.dataset().withoutLabels()), 4).isLabelled()).isFalse();
  }
}
