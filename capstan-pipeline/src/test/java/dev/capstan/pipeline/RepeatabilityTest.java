package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same seed gives the same result, to the last bit, in another process too. That another seed
 * gives another one is tested through the command line.
 */
final class RepeatabilityTest {
  @TempDir Path folder;

  @Test
  void twoFreshProcessesGiveTheSameBits() throws Exception {
    List<String> first = run(1);
    List<String> second = run(1);

    assertThat(second).isEqualTo(first);
    assertThat(first).doesNotHaveDuplicates();
  }

  /** The hashes that a process of its own prints. */
  private List<String> run(long seed) throws IOException, InterruptedException {
    Path printed = folder.resolve("out" + seed);
    Path errors = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            FreshRun.class.getName(),
            Long.toString(seed));
    Process process =
        builder.redirectOutput(printed.toFile()).redirectError(errors.toFile()).start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended).isTrue();
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    List<String> hashes = Files.readAllLines(printed);
    assertThat(hashes).hasSize(2).allMatch(hash -> hash.length() == 64);
    return hashes;
  }
}
