package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.Split;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * CIFAR-10 and CIFAR-100 in the binary version of their authors.
 *
 * <p>A file is a row of records: a byte for the class (CIFAR-100: one for the coarse class, then
 * one for the fine class, which counts), then 32 x 32 bytes of red, of green and of blue. The class
 * names stand in a text file beside them. Files are mapped, not read.
 */
final class CifarFiles implements Dataset {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;

  private final List<Path> paths;
  private final int labelBytes;
  private final ByteBuffer[] files;
  private final int[] ends;
  private final List<String> classes;

  /** The images of these files, in this order. */
  CifarFiles(List<Path> paths) {
    this.paths = paths;
    boolean hundred = paths.get(0).getFileName().toString().matches("(train|test)\\.bin");
    labelBytes = hundred ? 2 : 1;
    files = paths.stream().map(this::map).toArray(ByteBuffer[]::new);
    ends = Arrays.stream(files).mapToInt(file -> file.capacity() / record()).toArray();
    Arrays.parallelPrefix(ends, Integer::sum);
    Path names = paths.get(0).resolveSibling(hundred ? "fine_label_names.txt" : "batches.meta.txt");
    classes = storedNames(names, hundred ? 100 : 10);
    checkLabels();
  }

  /** The files of the wanted kind in a folder; of the other if there are no such. */
  static List<Path> in(Path folder, Split split) {
    List<Path> train = named(folder, "data_batch_\\d+\\.bin|train\\.bin");
    List<Path> test = named(folder, "test_batch\\.bin|test\\.bin");
    boolean first = split == Split.TRAIN ? !train.isEmpty() : test.isEmpty();
    return first ? train : test;
  }

  private static List<Path> named(Path folder, String pattern) {
    return Folders.entries(folder, file -> file.getFileName().toString().matches(pattern));
  }

  private static List<String> storedNames(Path file, int count) {
    if (!Files.exists(file)) {
      return ClassNames.numbers(count);
    }
    List<String> names = ClassNames.read(file);
    if (names.size() != count) {
      throw new InvalidInputException(
          "%s: %d class names, expected %d".formatted(file, names.size(), count));
    }
    return names;
  }

  private int record() {
    return labelBytes + 3 * PLANE;
  }

  private ByteBuffer map(Path path) {
    try (FileChannel channel = InputFile.open(path)) {
      if (channel.size() == 0 || channel.size() % record() != 0) {
        throw new InvalidInputException(
            "%s: %d bytes are not whole CIFAR records of %d: cut short, or another format"
                .formatted(path, channel.size(), record()));
      }
      return channel.map(MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private void checkLabels() {
    for (int i = 0; i < size(); i++) {
      int number = number(i);
      if (number >= classes.size()) {
        throw new InvalidInputException(
            "%s: label %d, expected less than %d".formatted(name(i), number, classes.size()));
      }
    }
  }

  private int file(int index) {
    return (int) IntStream.of(ends).takeWhile(end -> end <= index).count();
  }

  private int offset(int index, int file) {
    return (index - (file == 0 ? 0 : ends[file - 1])) * record();
  }

  private int number(int index) {
    int file = file(index);
    return files[file].get(offset(index, file) + labelBytes - 1) & 0xff;
  }

  @Override
  public int size() {
    return ends[ends.length - 1];
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return number(index);
  }

  @Override
  public String name(int index) {
    int file = file(index);
    return paths.get(file) + ", record " + offset(index, file) / record();
  }

  @Override
  public RgbImage image(int index, ImageDecoder decoder) {
    int file = file(index);
    byte[] planes = new byte[3 * PLANE];
    files[file].get(offset(index, file) + labelBytes, planes);
    byte[] pixels = new byte[3 * PLANE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = planes[i % 3 * PLANE + i / 3];
    }
    return new RgbImage(SIDE, SIDE, pixels);
  }
}
