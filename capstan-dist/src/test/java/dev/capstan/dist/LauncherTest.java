package dev.capstan.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in an archive, with a Java that only says what it was asked for. */
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
  /** Writes its words down; makes an archive of classes where it is told to. */
  private static final String JAVA =
      """
      #!/bin/sh
      echo "$*" >>"$(dirname "$0")/calls"
      for word; do
        case $word in
          -XX:ArchiveClassesAtExit=*) echo classes >"${word#*=}" ;;
        esac
      done
      """;

  @TempDir Path folder;
  private Path jdk;
  private Path home;

  @BeforeEach
  void unpack() throws IOException {
    Path launcher = folder.resolve("my tool/bin/capstan");
    Files.createDirectories(launcher.getParent());
    Files.copy(Path.of("..", "capstan"), launcher);
    for (String jar : List.of("b.jar", "a.jar", "c.jar")) {
      Path file = folder.resolve("my tool/lib").resolve(jar);
      Files.createDirectories(file.getParent());
      Files.writeString(file, jar);
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    }
    Files.writeString(folder.resolve("my tool/jars"), "sums");
    jdk = folder.resolve("a jdk");
    home = Files.createDirectories(folder.resolve("my home"));
    Path java = jdk.resolve("bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, JAVA);
    assertThat(java.toFile().setExecutable(true)).isTrue();
    release("17.0.9");
  }

  private void release(String version) throws IOException {
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
  }

  /** What it prints, its exit code behind it. */
  private String start(Map<String, String> more, String... words) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of("/bin/sh", folder.resolve("my tool/bin/capstan").toString()),
                        Stream.of(words))
                    .toList())
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("HOME", home.toString());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().putAll(more);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return said + process.waitFor();
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(jdk.resolve("bin/calls"));
  }

  private List<Path> cached() throws IOException {
    Path cache = home.resolve(".cache/capstan");
    if (!Files.isDirectory(cache)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(cache)) {
      return files.sorted().toList();
    }
  }

  /** Waits until so many were begun in the background, all told, and are moved into place. */
  private List<Path> archives(int begun) throws Exception {
    for (int i = 0; makings() < begun || !cached().stream().allMatch(LauncherTest::isWhole); i++) {
      assertThat(i).as("tenths of a second").isLessThan(300);
      Thread.sleep(100);
    }
    return cached();
  }

  private long makings() throws IOException {
    return calls().stream().filter(call -> call.contains("-XX:ArchiveClassesAtExit=")).count();
  }

  private static boolean isWhole(Path file) {
    return file.toString().endsWith(".jsa");
  }

  @Test
  void classesAreArchivedOnceAndThenTaken() throws Exception {
    assertThat(start(Map.of(), "inspect", "a b")).isEqualTo("0");
    Path archive = archives(1).get(0);
    assertThat(start(Map.of(), "--help")).isEqualTo("0");

    String lib = folder.resolve("my tool/lib").toString();
    assertThat(calls())
        .hasSize(3)
        .allSatisfy(
            call ->
                assertThat(call).contains("-cp %1$s/a.jar:%1$s/b.jar:%1$s/c.jar ".formatted(lib)))
        .noneMatch(call -> call.contains("-version"))
        .anyMatch(call -> call.endsWith("Main inspect a b"));
    assertThat(calls().get(2)).contains("-Xshare:auto -XX:SharedArchiveFile=" + archive);
    // What is over at once needs no second compiler; work does.
    assertThat(calls().get(2)).contains("-XX:TieredStopAtLevel=1");
    assertThat(calls())
        .filteredOn(call -> call.endsWith("Main inspect a b"))
        .singleElement()
        .asString()
        .doesNotContain("TieredStopAtLevel");
    assertThat(cached()).containsExactly(archive);
  }

  @Test
  void anotherJavaOrOtherJarsHaveAnArchiveOfTheirOwn() throws Exception {
    start(Map.of());
    archives(1);
    release("21.0.1");
    start(Map.of());
    archives(2);
    Files.writeString(folder.resolve("my tool/jars"), "other sums");
    start(Map.of());
    archives(3);
    // Unpacked anew: Java compares the times of the jars.
    Files.setLastModifiedTime(
        folder.resolve("my tool/lib/b.jar"), FileTime.from(Instant.now().plusSeconds(60)));
    start(Map.of());

    assertThat(archives(4)).hasSize(3);
    assertThat(calls()).hasSize(8).noneMatch(call -> call.contains("SharedArchiveFile"));
  }

  @Test
  void aCacheThatCannotBeWrittenIsNoHindrance() throws Exception {
    Files.writeString(home.resolve(".cache"), "a file");

    assertThat(start(Map.of(), "doctor")).isEqualTo("0");
    assertThat(calls().get(calls().size() - 1)).endsWith("Main doctor");
  }

  @Test
  void javaThatIsTooOldOrMissingIsOneLine() throws Exception {
    release("11.0.2");
    assertThat(start(Map.of()))
        .isEqualTo(
            "capstan: error: Java 11 found as %s/bin/java: a JDK of version 17 or newer is needed (JAVA_HOME names it)\n1"
                .formatted(jdk));
    release("1.8.0_392");
    assertThat(start(Map.of())).startsWith("capstan: error: Java 1 found");
    assertThat(start(Map.of("JAVA_HOME", "/nowhere"))).startsWith("capstan: error: no Java found");
    assertThat(jdk.resolve("bin/calls")).doesNotExist();
  }

  @Test
  void itsOwnJavaComesFirstAndExtensionsLast() throws Exception {
    Files.move(jdk, folder.resolve("my tool/runtime"));
    jdk = folder.resolve("my tool/runtime");
    Map<String, String> more =
        Map.of("JAVA_HOME", "/nowhere", "CAPSTAN_EXTENSIONS", "/x.jar", "CAPSTAN_NATIVES", "/n n");

    assertThat(start(more, "--help")).isEqualTo("0");
    assertThat(calls())
        .anyMatch(
            call -> call.contains("/c.jar:/x.jar ") && call.contains("-Dcapstan.natives=/n n "));
    archives(1);
  }
}
