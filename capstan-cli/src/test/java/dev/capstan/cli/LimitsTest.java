package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.files.SpecialFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The tool as a process of its own where the system refuses it something. */
@Tag("trust")
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(60)
final class LimitsTest {
  @TempDir Path folder;

  private record Ended(int code, String text) {}

  /** Runs the tool in a shell, where {@code TOOL} stands. */
  private Ended shell(String script) throws IOException, InterruptedException {
    String tool =
        "'%s' -XX:-UsePerfData -XX:TieredStopAtLevel=1 -Xshare:auto -cp \"$CP\" dev.capstan.cli.Main"
            .formatted(Path.of(System.getProperty("java.home"), "bin", "java"));
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", script.replace("TOOL", tool)).redirectErrorStream(true);
    builder.environment().put("CP", System.getProperty("java.class.path"));
    builder.directory(folder.toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), text);
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** As a full disk does: what was there stays, and nothing half-written beside it. */
  @Test
  void whereAFileMayGrowNoFurtherTheOldOneStays() throws Exception {
    Path weights = ConvertCommandTest.weights(folder.resolve("w.safetensors"));
    Path output = Files.writeString(folder.resolve("out.onnx"), "old");

    Ended run =
        shell("ulimit -f 100; exec TOOL convert resnet8 --weights " + weights + " -o out.onnx");

    assertThat(run.code).as(run.text).isEqualTo(1);
    assertThat(run.text).matches("capstan: error: cannot write out.onnx: .*[Tt]oo large.*\n");
    assertThat(output).hasContent("old");
    assertThat(names()).containsExactly("out.onnx", "w.safetensors");
  }

  /** Neither the home nor temporary files have room: said before any work. */
  @Test
  void whereNativesCannotBeUnpackedThatIsSaid() throws Exception {
    Samples.model(folder.resolve("m.onnx"), 10);
    Samples.images(folder.resolve("images"), 10);

    Ended run =
        shell(
            "ulimit -f 40; mkdir tmp;"
                + " export JDK_JAVA_OPTIONS=\"-Djava.io.tmpdir=$PWD/tmp -Duser.home=$PWD/none\";"
                + " exec TOOL compress m.onnx --data=images -o out.onnx -q");

    assertThat(run.code).as(run.text).isEqualTo(1);
    assertThat(run.text.lines().filter(line -> !line.startsWith("NOTE: Picked up")))
        .singleElement()
        .asString()
        .startsWith("capstan: error: ")
        .doesNotContain("null");
    assertThat(folder.resolve("out.onnx")).doesNotExist();
  }

  @Test
  void aResultThatCannotBeShownIsNoSuccess() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")));
    Samples.model(folder.resolve("m.onnx"), 10);

    Ended run = shell("exec TOOL inspect m.onnx >/dev/full");

    assertThat(run.code).as(run.text).isEqualTo(1);
    assertThat(run.text).startsWith("capstan: error: the standard output cannot be written");
  }

  /** As {@code head} does once it has its line: no fault, and no disk is full. */
  @Test
  void aReaderThatLeavesHasReadWhatItWanted() throws Exception {
    Ended run = shell("{ TOOL config --schema; echo code $? >&2; } | true");

    assertThat(run.text).isEqualTo("code 0\n");
  }

  /** In the JVM of the tests: a read of a pipe would never come back. */
  @Test
  void whatIsNoRegularFileIsRefusedAtOnce() throws IOException {
    Path pipe = SpecialFiles.pipe(folder.resolve("pipe.tar"));
    Path model = Samples.model(folder.resolve("m.onnx"), 10);
    List<List<String>> runs =
        List.of(
            List.of("inspect", pipe.toString()),
            List.of("convert", "resnet8", "--weights", pipe.toString(), "-o", folder + "/x.onnx"),
            List.of("evaluate", model.toString(), "--data", pipe.toString()),
            List.of("convert", "resnet8", "--weights", model.toString(), "-o", pipe.toString()),
            List.of("inspect", model.toString(), "--config", pipe.toString()));
    for (List<String> arguments : runs) {
      CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
      assertThat(run.code()).as("%s", arguments).isBetween(1, 2);
      assertThat(run.err()).contains(pipe + ": ").contains("pipe, socket or device");
    }
    assertThat(Files.isRegularFile(pipe)).isFalse();
  }
}
