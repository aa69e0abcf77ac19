package dev.capstan.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.format.Datasets;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.image.Augmentation;
import dev.capstan.testing.ArrayFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrays on their way to a network. */
final class ArrayFeedTest {
  private static final int FILES = 9;

  @TempDir Path folder;

  private static Value input(String name, long... sizes) {
    return new Value(name, new TensorType(DataType.FLOAT32, Shape.of(sizes)));
  }

  /**
   * File i holds i everywhere, as float64 in x, as whole numbers with an axis for the batch in y.
   */
  private Dataset set() throws IOException {
    for (int i = 0; i < FILES; i++) {
      write(i, i);
    }
    Files.writeString(folder.resolve("read me.txt"), "no array");
    return Datasets.open(folder, Split.TRAIN);
  }

  private void write(int file, float value) throws IOException {
    Constant x = Constant.of(DataType.FLOAT64, new float[] {value, value}, 2, 1);
    Constant y = Constant.of(new long[] {(long) value, (long) value, (long) value}, 1, 3);
    ArrayFiles.write(folder.resolve(file + ".npz"), Map.of("x", x, "y", y, "other", x));
  }

  private static List<Batch> batches(ImageStore store) {
    List<Batch> found = new ArrayList<>();
    try (Batches batches = ImageSubset.all(store).batches(4, 2)) {
      batches.forEachRemaining(found::add);
    }
    return found;
  }

  @Test
  void eachInputGetsItsArrayImageByImage() throws IOException {
    Dataset set = set();
    List<Value> inputs = List.of(input("y", -1, 3), input("x", -1, 2, -1));
    ImageStore store = new ImageStore(set, ArrayFeed.of(inputs, set), 100);

    assertThat(set.isOfArrays()).isTrue();
    assertThat(set.notes()).singleElement().asString().contains("left out: 1 file (read me.txt)");
    assertThat(store.feed().shapes()).containsExactly(Shape.of(3), Shape.of(2, 1));
    for (int pass = 0; pass < 2; pass++) {
      for (Batch batch : batches(store)) {
        Batch.Input y = batch.inputs().get(0);
        Batch.Input x = batch.inputs().get(1);
        assertThat(y.shape()).containsExactly(batch.size(), 3);
        assertThat(x.shape()).containsExactly(batch.size(), 2, 1);
        for (int i = 0; i < batch.size(); i++) {
          assertThat(y.values()[3 * i + 2]).isEqualTo(batch.indices()[i]);
          assertThat(x.values()[2 * i]).isEqualTo(batch.indices()[i]);
        }
      }
    }
  }

  @Test
  void anArrayWithoutFiniteNumbersIsLeftOut() throws IOException {
    Dataset set = set();
    write(5, Float.NaN);
    ImageStore store = new ImageStore(set, ArrayFeed.of(List.of(input("x", 1, 2, 1)), set));

    assertThat(batches(store).stream().mapToInt(Batch::size).sum()).isEqualTo(FILES - 1);
    assertThat(store.skipped()).singleElement().asString().contains("5.npz", "NaN");
  }

  @Test
  void whatDoesNotFitIsNamed() throws IOException {
    Dataset set = set();
    assertThatThrownBy(() -> ArrayFeed.of(List.of(input("z", 1, 2), input("x", 1, 2, 1)), set))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("0.npz: expected an array 'z' of shape [2], found")
        .hasMessageContaining("'y' [1x3]");
    assertThatThrownBy(() -> ArrayFeed.of(List.of(input("x", 1, 5)), set))
        .hasMessageContaining("expected an array 'x' of shape [5], found");
    assertThatThrownBy(() -> ArrayFeed.of(List.of(input("scale")), set))
        .hasMessageContaining("setting 'input' scale=NUMBER");
  }

  /** What a file of another size does to one who learned the size from the first. */
  @Test
  void aFileOfAnotherSizeIsNamed() throws IOException {
    Dataset set = set();
    Constant longer = Constant.of(new float[4], 2, 2);
    ArrayFiles.write(folder.resolve("7.npz"), Map.of("x", longer));
    ImageStore store = new ImageStore(set, ArrayFeed.of(List.of(input("x", -1, 2, -1)), set));

    assertThatThrownBy(() -> batches(store))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("7.npz: expected an array 'x' of shape [2x1], found 'x' [2x2]");
  }

  /** Of one input and one array that fits nobody asks the name; nothing is augmented. */
  @Test
  void aSingleArrayNeedsNoName() throws IOException {
    ArrayFiles.write(folder.resolve("a.npz"), Map.of("arr_0", Constant.of(new float[] {1, 2}, 2)));
    Dataset set = Datasets.open(folder, Split.TRAIN);
    ImageStore store = new ImageStore(set, ArrayFeed.of(List.of(input("x", 1, 2)), set));
    Augmentation moved = new Augmentation(4, true, 1);

    try (Batches batches =
        store.batches(ImageSubset.all(store).inOrder().limit(20), moved, 20, 1)) {
      assertThat(batches.next().inputs().get(0).values()).containsOnly(1, 2).startsWith(1, 2);
    }
    assertThatThrownBy(
            () ->
                store.batches(
                    Order.sequential(set), new Augmentation(0, false, 1).withCutout(3), 1, 1))
        .hasMessageContaining("leave it out");
  }
}
