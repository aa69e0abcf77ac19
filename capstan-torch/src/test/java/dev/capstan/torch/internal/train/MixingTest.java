package dev.capstan.torch.internal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.testing.OrtOracle;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of a batch laid over each other. */
class MixingTest {
  private static final long[] SIZES = {5, 3, 4, 4};

  private final PointerScope scope = new PointerScope();

  @AfterEach
  void free() {
    scope.close();
  }

  private static Tensor random(long seed, long... sizes) {
    return Tensors.of(OrtOracle.Tensor.random(seed, sizes).values(), sizes);
  }

  private static float[] mixed(Tensor images, long seed) {
    return Tensors.floats(Mixing.of(new Tensor[] {images}, new SplittableRandom(seed))[0]);
  }

  /** Each counts by s as itself and by 1 - s as a partner: the mean over the batch stays. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyImageCountsAsMuchAsBefore(long seed) {
    Tensor images = random(seed, SIZES);
    Tensor mixed = Mixing.of(new Tensor[] {images}, new SplittableRandom(seed))[0];

    float[] before = Tensors.floats(images.sum(0));
    float[] after = Tensors.floats(mixed.sum(0));
    assertThat(after).containsExactly(before, within(1e-5f));
    assertThat(mixed.sub(images).abs().max().item_double()).isGreaterThan(0.01);
  }

  /** Of images that are each one number the mixture tells share and partner. */
  @Test
  void anImageIsMixedWithOneOther() {
    float[] powers = {1, 10, 100, 1000, 10_000};
    float[] mixed = mixed(Tensors.of(powers, 5, 1, 1, 1), 7);

    SplittableRandom same = new SplittableRandom(7);
    double share = same.nextDouble();
    int turn = (int) same.nextLong(1, 5);
    for (int i = 0; i < 5; i++) {
      double expected = share * powers[i] + (1 - share) * powers[Math.floorMod(i - turn, 5)];
      assertThat((double) mixed[i]).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  @Test
  void inputsThatBelongTogetherAreMixedAlike() {
    Tensor images = random(1, SIZES);
    Tensor[] both = Mixing.of(new Tensor[] {images, images.clone()}, new SplittableRandom(3));

    assertThat(Tensors.floats(both[0])).isEqualTo(Tensors.floats(both[1]));
  }

  @Test
  void oneImageStaysAsItIs() {
    Tensor image = random(1, 1, 3, 4, 4);

    assertThat(mixed(image, 1)).isEqualTo(Tensors.floats(image));
  }

  @Test
  void choicesHangOnTheSeedAlone() {
    Tensor images = random(1, SIZES);

    assertThat(mixed(images, 4)).isEqualTo(mixed(images, 4));
    assertThat(Arrays.equals(mixed(images, 4), mixed(images, 5))).isFalse();
  }
}
