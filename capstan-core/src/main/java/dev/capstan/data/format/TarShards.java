package dev.capstan.data.format;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import dev.capstan.image.RgbImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Tar files with a pair of members an image: {@code KEY.jpg} (or another format of images) and
 * {@code KEY.cls} (or .txt) with the number or the name of its class.
 *
 * <p>One pass over the headers notes where members lie; their bytes are then read in place, so
 * nothing is unpacked and no member can land outside a folder.
 */
final class TarShards implements Dataset {
  private final List<Path> shards;
  private final Names names = new Names();
  private final int[] shardOf;
  private final long[] offsets;
  private final int[] lengths;
  private final int[] labels;
  private final List<String> classes;

  /** What the header pass gathers. */
  private static final class Gathered {
    private final IntStream.Builder shardOf = IntStream.builder();
    private final LongStream.Builder offsets = LongStream.builder();
    private final IntStream.Builder lengths = IntStream.builder();
    private final IntStream.Builder labels = IntStream.builder();

    /** The distinct labels as they stand in the files, numbered as they come. */
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    private int number(@Nullable String label) {
      return label == null ? UNLABELLED : numbers.computeIfAbsent(label, l -> numbers.size());
    }
  }

  /** Reads the headers of all shards. */
  TarShards(List<Path> shards) {
    this.shards = shards;
    Gathered gathered = new Gathered();
    for (int shard = 0; shard < shards.size(); shard++) {
      int number = shard;
      TarIndex.read(shards.get(shard), sample -> add(sample, number, gathered));
    }
    shardOf = gathered.shardOf.build().toArray();
    offsets = gathered.offsets.build().toArray();
    lengths = gathered.lengths.build().toArray();
    labels = gathered.labels.build().toArray();
    classes = resolve(List.copyOf(gathered.numbers.keySet()));
  }

  private void add(TarIndex.Sample sample, int shard, Gathered gathered) {
    names.add(sample.image);
    gathered.shardOf.add(shard);
    gathered.offsets.add(sample.offset);
    gathered.lengths.add(sample.length);
    gathered.labels.add(gathered.number(sample.label));
  }

  /** Turns numbers of stored labels into positions of classes, and gives the classes. */
  private List<String> resolve(List<String> stored) {
    if (stored.isEmpty()) {
      return List.of();
    }
    boolean numbers = stored.stream().allMatch(label -> label.matches("\\d{1,6}"));
    int largest = numbers ? stored.stream().mapToInt(Integer::parseInt).max().orElse(0) : 0;
    List<String> found =
        numbers ? ClassNames.numbers(largest + 1) : stored.stream().sorted().toList();
    int[] positions =
        stored.stream().mapToInt(l -> numbers ? Integer.parseInt(l) : found.indexOf(l)).toArray();
    for (int i = 0; i < labels.length; i++) {
      labels[i] = positions[labelled(i)];
    }
    return found;
  }

  private int labelled(int index) {
    if (labels[index] == UNLABELLED) {
      throw new InvalidInputException(
          name(index) + " has no label: expected a .cls or .txt member of the same name");
    }
    return labels[index];
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public String name(int index) {
    return shards.get(shardOf[index]) + ", " + names.get(index);
  }

  @Override
  public RgbImage image(int index, ImageDecoder decoder) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(lengths[index]);
    try (FileChannel channel = InputFile.open(shards.get(shardOf[index]))) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offsets[index] + bytes.position()) < 0) {
          throw new EOFException("the file has become shorter");
        }
      }
    }
    return decoder.decode(bytes.array());
  }
}
