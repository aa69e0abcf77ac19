package dev.capstan.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.error.InvalidInputException;
import dev.capstan.image.Augmentation;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {
  private static final Augmentation AUGMENTATION = new Augmentation(4, true, 9).withCutout(5);

  /** Shapes of which some cannot be decoded; counts how often one is asked for. */
  private static final class Fragile implements DatasetView {
    private final ShapeImages shapes = new ShapeImages(3, 100);
    private final IntPredicate damaged;
    private final AtomicInteger reads = new AtomicInteger();

    private final IOException cause;

    Fragile(IntPredicate damaged) {
      this(damaged, new IOException("damaged"));
    }

    Fragile(IntPredicate damaged, IOException cause) {
      this.damaged = damaged;
      this.cause = cause;
    }

    @Override
    public Dataset whole() {
      return shapes;
    }

    @Override
    public RgbImage image(int index, ImageDecoder decoder) throws IOException {
      reads.incrementAndGet();
      if (damaged.test(index)) {
        throw cause;
      }
      return shapes.image(index, decoder);
    }
  }

  private static Feed pictures(int side) {
    return new PictureFeed(new ImageIoDecoder(), Preprocessing.imageNet(side, side));
  }

  private static ImageStore store(Dataset set, long cacheBytes) {
    return new ImageStore(set, pictures(32), cacheBytes);
  }

  private static List<Batch> all(ImageStore store, Order order, int batchSize, int threads) {
    return all(store.batches(order, AUGMENTATION, batchSize, threads));
  }

  private static List<Batch> batches(ImageStore store, Order order, Augmentation augmentation) {
    return all(store.batches(order, augmentation, 20, 2));
  }

  private static List<Batch> all(Batches batches) {
    List<Batch> found = new ArrayList<>();
    try (batches) {
      batches.forEachRemaining(found::add);
    }
    return found;
  }

  private static void assertSame(List<Batch> found, List<Batch> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int b = 0; b < found.size(); b++) {
      assertThat(found.get(b).indices()).isEqualTo(expected.get(b).indices());
      assertThat(found.get(b).labels()).isEqualTo(expected.get(b).labels());
      Batch.Input one = found.get(b).inputs().get(0);
      Batch.Input other = expected.get(b).inputs().get(0);
      assertThat(one.shape()).isEqualTo(other.shape());
      assertThat(Arrays.equals(one.values(), other.values())).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "3, 0", "1, 1000000", "4, 1000000", "3, 100000"})
  void theSameBatchesComeWhateverTheThreadsAndTheMemory(int threads, long cacheBytes) {
    Dataset set = new Fragile(i -> i % 17 == 5);
    Order order = Order.shuffled(set, 4).limit(250);
    List<Batch> expected = all(store(set, 0), order, 16, 2);
    ImageStore store = store(set, cacheBytes);
    assertSame(all(store, order, 16, threads), expected);
    assertSame(all(store, order, 16, threads), expected);
    assertThat(expected.stream().mapToInt(Batch::size).sum()).isBetween(225, 240);
  }

  /** Where a run is resumed, too: what is shifted hangs on the place in the whole order. */
  @Test
  void theLastImagesAreNotShifted() {
    Fragile set = new Fragile(i -> false);
    ImageStore store = store(set, 0);
    Order order = Order.shuffled(set, 4).limit(200);
    List<Batch> found = batches(store, order, AUGMENTATION.withUnshifted(0.3));
    assertSame(found.subList(0, 7), batches(store, order, AUGMENTATION).subList(0, 7));
    assertSame(found.subList(7, 10), batches(store, order, AUGMENTATION.withPad(0)).subList(7, 10));
    List<Batch> resumed = batches(store, order.skip(100), AUGMENTATION.withUnshifted(0.3));
    assertSame(resumed, found.subList(5, 10));
  }

  @Test
  void labelsBelongToTheirImages() {
    Fragile set = new Fragile(i -> i % 10 == 3);
    ImageStore store = store(set, 0);
    Normalizer normalizer = new Normalizer(Preprocessing.imageNet(32, 32));
    for (Batch batch : all(store, Order.shuffled(set, 1), 7, 2)) {
      Batch.Input input = batch.inputs().get(0);
      assertThat(input.shape()).containsExactly(batch.size(), 3, 32, 32);
      for (int k = 0; k < batch.size(); k++) {
        int index = batch.indices()[k];
        assertThat(batch.labels()[k]).isEqualTo(index % 10);
        float[] alone = new float[3 * 32 * 32];
        normalizer.write(
            set.shapes.image(index, new ImageIoDecoder()).pixels(),
            AUGMENTATION.place(0, index, 32, 32),
            alone,
            0);
        int from = k * alone.length;
        assertThat(Arrays.equals(input.values(), from, from + alone.length, alone, 0, alone.length))
            .isTrue();
      }
    }
  }

  @Test
  void anImageThatFitsIsDecodedOnce() {
    Fragile set = new Fragile(i -> false);
    assertThat(all(store(set, 100 * 3072), Order.shuffled(set, 1).limit(500), 10, 1)).hasSize(50);
    assertThat(set.reads).hasValue(100);
  }

  @Test
  void noMoreIsKeptThanAllowed() {
    Fragile set = new Fragile(i -> false);
    ImageStore store = store(set, 40 * 3072 + 100);
    all(store, Order.sequential(set).limit(200), 10, 1);
    assertThat(set.reads).hasValue(100 + 60);
  }

  @Test
  void damagedImagesAreNamedOnceInTheOrderOfTheSet() {
    Fragile set = new Fragile(i -> i == 70 || i == 20);
    ImageStore store = store(set, 0);
    all(store, Order.shuffled(set, 1).limit(300), 16, 3);
    assertThat(store.skipped())
        .containsExactly(set.name(20) + ": damaged", set.name(70) + ": damaged");
  }

  /** Names alone, or nothing, is what some exceptions say. */
  @Test
  void whatIsWrongWithAnImageIsSaidInWords() {
    for (IOException cause :
        new IOException[] {new NoSuchFileException("20.png"), new IOException((String) null)}) {
      Fragile set = new Fragile(i -> i == 20, cause);
      ImageStore store = store(set, 0);
      all(store, Order.sequential(set), 16, 1);
      assertThat(store.skipped())
          .singleElement()
          .asString()
          .matches(".*: (damaged|no such file, or a name that is not in .*)");
    }
  }

  @Test
  void mostlyDamagedSetsAreAnError() {
    Fragile set = new Fragile(i -> i % 5 != 0);
    assertThatThrownBy(() -> all(store(set, 0), Order.sequential(set), 10, 2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("more than half of the 100 images")
        .hasMessageContaining(set.name(1));
  }

  @Test
  void anImageSmallerThanTheCropIsAnErrorThatNamesIt() {
    ShapeImages set = new ShapeImages(1, 10);
    ImageStore store = new ImageStore(set, pictures(40), 1000);
    assertThatThrownBy(() -> all(store, Order.sequential(set), 4, 2))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(set.name(0))
        .hasMessageContaining("32x32")
        .hasMessageContaining("40x40");
  }

  @Test
  void aHoleLargerThanTheImageIsAnError() {
    ShapeImages set = new ShapeImages(1, 10);
    assertThatThrownBy(
            () ->
                store(set, 0)
                    .batches(
                        Order.sequential(set), new Augmentation(0, false, 1).withCutout(33), 4, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("33x33")
        .hasMessageContaining("32x32");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 3", "2, 3", "3, 3", "4, 3"})
  void processesShareTheMicroBatchesOfAStep(int processes, int microBatches) {
    Fragile set = new Fragile(i -> i % 10 == 0 || i / 8 == 2);
    Order order = Order.shuffled(set, 2).limit(230).skip(20);
    int size = 20;
    List<List<Batch>> whole = steps(set, order, new Division(microBatches, 0, 1), size);
    assertThat(whole).hasSize(11);
    for (int process = 0; process < processes; process++) {
      List<List<Batch>> own =
          steps(set, order, new Division(microBatches, process, processes), size);
      assertThat(own).hasSameSizeAs(whole);
      for (int step = 0; step < own.size(); step++) {
        int first = process;
        List<Batch> all = whole.get(step);
        assertSame(
            own.get(step),
            IntStream.range(0, all.size())
                .filter(m -> m % processes == first)
                .mapToObj(all::get)
                .toList());
      }
    }
  }

  private static List<List<Batch>> steps(Dataset set, Order order, Division division, int size) {
    List<List<Batch>> all = new ArrayList<>();
    try (Steps steps = store(set, 0).steps(order, AUGMENTATION, size, division, 2)) {
      while (steps.hasNext()) {
        all.add(steps.next());
      }
    }
    return all;
  }

  @Test
  void microBatchesTogetherAreTheStep() {
    ShapeImages set = new ShapeImages(1, 100);
    Order order = Order.shuffled(set, 2).limit(90);
    List<List<Batch>> undivided = steps(set, order, Division.NONE, 20);
    List<List<Batch>> divided = steps(set, order, new Division(3, 0, 1), 20);
    for (int step = 0; step < undivided.size(); step++) {
      assertThat(divided.get(step).stream().flatMapToInt(part -> Arrays.stream(part.indices())))
          .containsExactlyElementsOf(
              Arrays.stream(undivided.get(step).get(0).indices()).boxed().toList());
    }
    assertThat(divided.get(0)).extracting(Batch::size).containsExactly(6, 7, 7);
    assertThat(divided.get(4)).extracting(Batch::size).containsExactly(6, 4);
  }

  @Test
  void aRunThatGoesOnSeesWhatItWouldHaveSeen() {
    ShapeImages set = new ShapeImages(1, 50);
    Order order = Order.shuffled(set, 2).limit(120);
    List<Batch> whole = all(store(set, 0), order, 10, 2);
    assertSame(all(store(set, 0), order.skip(70), 10, 2), whole.subList(7, 12));
  }

  @Test
  void closingEndsTheThreadsAndTheReading() throws InterruptedException {
    Fragile set = new Fragile(i -> false);
    Batches batches =
        store(set, 0).batches(Order.sequential(set).limit(1_000_000), AUGMENTATION, 8, 3);
    batches.next();
    List<Thread> running = loaders();
    assertThat(running).isNotEmpty();
    batches.close();
    int reads = set.reads.get();
    // A pool has ended a moment before its threads have.
    for (Thread thread : running) {
      thread.join(TimeUnit.SECONDS.toMillis(30));
    }
    assertThat(loaders()).isEmpty();
    assertThat(batches.hasNext()).isFalse();
    assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
    assertThat(set.reads).hasValue(reads);
  }

  @Test
  void noMoreThanAFewBatchesArePreparedAhead() throws InterruptedException {
    Fragile set = new Fragile(i -> false);
    try (Batches batches =
        store(set, 0).batches(Order.sequential(set).limit(1_000_000), AUGMENTATION, 8, 2)) {
      batches.next();
      Thread.sleep(200);
      assertThat(set.reads.get()).isBetween(8, 5 * 8);
    }
  }

  private static List<Thread> loaders() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("capstan-images") && thread.isAlive())
        .toList();
  }
}
