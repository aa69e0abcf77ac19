package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code capstan} in a clone of its own, with a build and a Java that only say so. */
@Tag("trust")
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(60)
final class LauncherTest {
  private static final String BUILD =
      """
      #!/bin/sh
      echo begin >>builds
      /bin/sleep 1
      mkdir -p capstan-cli/target/dist/lib
      : >capstan-cli/target/dist/lib/capstan.jar
      echo end >>builds
      """;
  private static final String JAVA =
      """
      #!/bin/sh
      [ "$1" = -version ] && { echo 'openjdk version "17.0.1"'; exit; }
      for last; do :; done
      echo "started $last"
      [ "$last" != allocator ] || env | grep MALLOC_ | sort
      """;

  @TempDir Path clone;

  @BeforeEach
  void cloneIt() throws IOException {
    Path script = Path.of("..", "capstan");
    put("capstan", Files.readString(script));
    put("mvnw", BUILD);
    put("bin/java", JAVA);
    put("pom.xml", "");
    put(".mvn/maven.config", "");
    put("capstan-cli/pom.xml", "");
    put("capstan-cli/src/main/Main.java", "");
    // No folder can be made in it: what a start archives in the background would be written while
    // the clone is removed.
    put("cache", "");
  }

  private void put(String name, String text) throws IOException {
    Path file = clone.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(String word) throws IOException {
    return start(word, Map.of());
  }

  private Process start(String word, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("./capstan", word).directory(clone.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", clone.toString());
    builder.environment().put("XDG_CACHE_HOME", clone.resolve("cache").toString());
    return builder.redirectErrorStream(true).start();
  }

  private static String said(Process process) throws IOException, InterruptedException {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  @Test
  void twoFirstStartsAtOnceBuildOnce() throws Exception {
    List<Process> starts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      starts.add(start("word" + i));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(said(starts.get(i))).endsWith("started word" + i + "\n");
    }

    assertThat(clone.resolve("builds")).hasContent("begin\nend\n");
    assertThat(said(start("later"))).isEqualTo("started later\n");
    assertThat(clone.resolve("capstan-cli/target/building")).doesNotExist();
  }

  /** Its seconds are shorter here. */
  @Test
  void aBuildShowsThatItGoesOn() throws Exception {
    put("short/sleep", "#!/bin/sh\nexec /bin/sleep 0.1\n");
    String path = clone.resolve("short") + ":" + System.getenv("PATH");

    String said = said(start("word", Map.of("PATH", path)));

    assertThat(said).containsPattern("\\)\n[.]{3,}\nstarted word\n$");
    assertThat(said.lines()).allMatch(line -> line.length() <= 80 || line.contains("log: "));
  }

  /** Memory is given back to the heap, not to the system; what a user has set stands. */
  @Test
  void theAllocatorKeepsItsMemoryUnlessTheUserSaysOtherwise() throws Exception {
    assertThat(said(start("allocator", Map.of("MALLOC_ARENA_MAX", "4"))))
        .endsWith("MALLOC_ARENA_MAX=4\nMALLOC_MMAP_MAX_=0\nMALLOC_TRIM_THRESHOLD_=1099511627776\n");
  }

  /** Its process id is that of nobody any more. */
  @Test
  void aBuildThatWasKilledHoldsNobodyUp() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Path lock = clone.resolve("capstan-cli/target/building");
    Files.createDirectories(lock.resolveSibling(""));
    Files.createSymbolicLink(lock, Path.of(Long.toString(gone.pid())));

    assertThat(said(start("word"))).endsWith("started word\n");

    assertThat(clone.resolve("builds")).hasContent("begin\nend\n");
    assertThat(lock.toFile().getParentFile().list()).doesNotContain("building", "building.left");
  }
}
