package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code -Pnightly}: 20,000 files a reader by Jazzer, which follows coverage, each reader in a
 * process of its own. It begins from whole files and from those that former runs found to reach new
 * code; new ones are left in {@code target/fuzz}, where a person may take them from.
 */
@Tag("trust")
@EnabledIfSystemProperty(named = "capstan.fuzz", matches = "\\d+")
final class FuzzTest {
  /** Of the heap, as of all that is not heap, beyond the process that has read whole files. */
  private static final int MORE_MEGABYTES = 1024;

  private static final int IDLE_MEGABYTES = 700;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Reader.class)
  void survives(Reader reader) throws Exception {
    Path found = Files.createDirectories(Path.of("target", "fuzz", reader.name())).toAbsolutePath();
    Path log = found.resolveSibling(reader + ".log");
    Path read = Files.createDirectory(folder.resolve("read"));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path work = Files.createDirectory(folder.resolve("work"));

    Process process =
        new ProcessBuilder(command(reader, found, read, temporary))
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(log.toFile()))
            .start();
    boolean ended = process.waitFor(3, TimeUnit.HOURS);
    process.destroyForcibly().waitFor();

    String said = Files.readString(log);
    assertThat(ended).as("ends").isTrue();
    assertThat(process.exitValue()).as(tail(said)).isZero();
    assertThat(said).containsPattern("DONE +cov");
    assertThat(read.toFile().list()).containsExactly(reader.fileName());
    assertThat(work.toFile().list()).isEmpty();
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("read", "samples", "tmp", "work");
  }

  private List<String> command(Reader reader, Path found, Path read, Path temporary)
      throws IOException {
    List<String> command = new ArrayList<>();
    Collections.addAll(
        command,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx" + MORE_MEGABYTES + "m",
        "-XX:+UseSerialGC",
        "-Djava.awt.headless=true",
        "-Djava.io.tmpdir=" + temporary,
        "-Dcapstan.reader=" + reader,
        "-Dcapstan.folder=" + read,
        "-cp",
        System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + FuzzTarget.class.getName(),
        "--instrumentation_includes=dev.capstan.**",
        "--reproducer_path=" + found.getParent(),
        "-runs=" + Integer.getInteger("capstan.fuzz"),
        "-seed=1",
        // Of the clock, for what waits; a reader is given ten seconds of a core.
        "-timeout=100",
        "-rss_limit_mb=" + (IDLE_MEGABYTES + MORE_MEGABYTES),
        "-print_final_stats=1",
        "-artifact_prefix=" + found.getParent() + "/" + reader + "-",
        found.toString(),
        samples(reader).toString());
    if (Files.isDirectory(reader.kept())) {
      command.add(reader.kept().toString());
    }
    return command;
  }

  private Path samples(Reader reader) throws IOException {
    Path samples = Files.createDirectory(folder.resolve("samples"));
    Path scratch = Files.createDirectory(folder.resolve("scratch"));
    List<byte[]> whole = reader.samples(scratch);
    for (int i = 0; i < whole.size(); i++) {
      Files.write(samples.resolve("sample-" + i), whole.get(i));
    }
    try (Stream<Path> files = Files.list(scratch)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(scratch);
    return samples;
  }

  private static String tail(String said) {
    return said.substring(Math.max(0, said.length() - 4000));
  }
}
