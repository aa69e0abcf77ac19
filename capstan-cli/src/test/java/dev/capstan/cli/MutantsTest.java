package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files damaged at random, by a seed, are read, or refused in one line that names the file. */
@Tag("trust")
final class MutantsTest {
  private static final int COUNT = 500;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Reader.class)
  @Timeout(100)
  void survive(Reader reader) throws IOException {
    Path file = Files.createDirectory(folder.resolve("read")).resolve(reader.fileName());
    List<byte[]> samples = new ArrayList<>(reader.samples(folder));
    samples.addAll(kept(reader));
    samples.forEach(sample -> read(reader, file, sample, "a sample"));
    for (int seed = 0; seed < COUNT; seed++) {
      byte[] mutant = mutant(samples.get(seed % samples.size()), seed);
      read(reader, file, mutant, "mutant " + seed);
    }
    assertThat(file.getParent().toFile().list()).containsExactly(reader.fileName());
  }

  /** Where a fuzzer got to, damage may get further. */
  private static List<byte[]> kept(Reader reader) throws IOException {
    List<byte[]> kept = new ArrayList<>();
    if (Files.isDirectory(reader.kept())) {
      try (Stream<Path> files = Files.list(reader.kept())) {
        for (Path file : files.sorted().toList()) {
          kept.add(Files.readAllBytes(file));
        }
      }
    }
    return kept;
  }

  private static void read(Reader reader, Path file, byte[] bytes, String what) {
    try {
      // Written anew: what was read of the one before may still be mapped.
      Files.deleteIfExists(file);
      Files.write(file, bytes);
      reader.survive(file);
    } catch (IOException | RuntimeException | Error e) {
      throw new AssertionError(what + " of " + reader, e);
    }
  }

  /** A copy damaged in up to four places: bits, bytes, ends, parts moved or repeated. */
  private static byte[] mutant(byte[] whole, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = whole.clone();
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
        case 3 -> bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : bytes;
        case 4 -> {
          int to = random.nextInt(bytes.length);
          int count = Math.min(1 + random.nextInt(16), bytes.length - Math.max(at, to));
          System.arraycopy(bytes, at, bytes, to, count);
        }
        default ->
            Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(9)), (byte) 0xff);
      }
    }
    return bytes;
  }
}
