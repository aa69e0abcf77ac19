package dev.capstan.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Files damaged at random, by a seed, and what may come of reading them. */
public final class Mutants {
  /** Reading one takes milliseconds; what takes this long would take for ever. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private Mutants() {}

  /** A copy damaged in up to four places: bits, bytes, ends, parts moved or repeated. */
  static byte[] mutant(byte[] whole, long seed) {
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

  /**
   * Reads so many mutants of a file: each is read, or refused in one line that names the file.
   *
   * @param reader reads a file
   */
  public static void survive(Path whole, int count, Consumer<Path> reader) throws IOException {
    byte[] bytes = Files.readAllBytes(whole);
    Path file = whole.resolveSibling("mutant-" + whole.getFileName());
    for (int seed = 0; seed < count; seed++) {
      Files.deleteIfExists(file);
      Files.write(file, mutant(bytes, seed));
      long began = System.nanoTime();
      try {
        reader.accept(file);
      } catch (InvalidInputException e) {
        assertThat(e.getMessage()).as("mutant %d", seed).contains(file.getFileName().toString());
      } catch (RuntimeException | Error e) {
        throw new AssertionError("mutant " + seed + " of " + whole.getFileName(), e);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .as("mutant %d", seed)
          .isLessThan(LONGEST);
    }
  }
}
