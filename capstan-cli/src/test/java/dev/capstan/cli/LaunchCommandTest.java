package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.recipe.Rendezvous;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Processes that {@code launch} starts. */
final class LaunchCommandTest {
  @TempDir static Path folder;
  private static Path model;
  private static Path images;

  @BeforeAll
  static void writeInput() {
    model = Samples.model(folder.resolve("model.onnx"), 10);
    images = Samples.images(folder.resolve("images"), 48);
  }

  private static List<String> train(int processes, String output, String... more) {
    List<String> words = new ArrayList<>();
    if (processes > 1) {
      words.addAll(List.of("launch", "--nproc", Integer.toString(processes)));
    }
    words.addAll(List.of("train", model.toString(), "--data", images.toString(), "--threads=1"));
    words.addAll(List.of("--batch=16", "--micro-batches=3", "-o", at(output).toString()));
    words.addAll(List.of(more));
    return words;
  }

  private static Path at(String output) {
    return folder.resolve(output);
  }

  @Test
  @Timeout(120)
  void twoProcessesTrainWhatOneDoes() {
    List<String> shared = train(2, "shared.onnx", "--epochs=1", "--json");
    CommandLineRun run = CommandLineRun.of(shared.toArray(String[]::new));
    CommandLineRun alone =
        CommandLineRun.of(train(1, "alone.onnx", "--epochs=1").toArray(String[]::new));

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(alone.code()).as(alone.err()).isZero();
    // What only the process of rank 0 prints, and nothing else beside it.
    assertThat(run.result().isObject()).isTrue();
    assertNear("shared.onnx", "alone.onnx");
  }

  private static void assertNear(String one, String other) {
    Graph found = OnnxReader.read(at(one));
    Map<String, Constant> expected = OnnxReader.read(at(other)).constants();
    expected.forEach(
        (name, tensor) -> {
          float[] wanted = tensor.type().isFloating() ? tensor.floats() : new float[0];
          for (int i = 0; i < wanted.length; i++) {
            float value = found.constants().get(name).floats()[i];
            assertThat(value).as(name).isCloseTo(wanted[i], within(1e-3f));
          }
        });
  }

  /** By a signal that it cannot handle, before its processes have done much. */
  @Test
  @Timeout(60)
  void noProcessOutlivesTheOneThatStartedIt() throws Exception {
    ToolProcess run = tool(2, "orphans.onnx");
    List<ProcessHandle> children = List.of();
    while (children.size() < 2 && run.process().isAlive()) {
      Thread.sleep(10);
      children = run.process().children().toList();
    }
    assertThat(children).as(run.said()).hasSize(2);
    run.process().destroyForcibly().waitFor();
    for (ProcessHandle child : children) {
      child.onExit().get(20, TimeUnit.SECONDS);
    }
    assertThat(at("orphans.onnx")).doesNotExist();
  }

  @Test
  void whatCannotBeSharedIsNotStarted() {
    CommandLineRun none = CommandLineRun.of("launch", "--nproc", "2", "inspect", "m.onnx");
    assertThat(none.code()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err()).contains("launch: expected compress or train");
    Map<String, String> second =
        Map.of("RANK", "2", "WORLD_SIZE", "2", Rendezvous.INIT_FILE, "store");
    CommandLineRun lost =
        CommandLineRun.in(second, false, train(1, "n.onnx", "--epochs=1").toArray(String[]::new));
    assertThat(lost.err()).contains("RANK: expected a number from 0 to 1, found 2");
    // Commands that share nothing do not read them.
    assertThat(CommandLineRun.in(second, false, "inspect", model.toString()).code()).isZero();
  }

  /** {@code -Pnightly}: either process is killed; others end, and any number goes on. */
  @Test
  @EnabledIfSystemProperty(named = "capstan.kills", matches = "\\d+")
  void whatIsKilledGoesOnInAnyNumberOfProcesses() throws Exception {
    Random random = new Random(Integer.getInteger("capstan.seed", 1));
    assertThat(tool(2, "whole.onnx").code()).isZero();
    ToolProcess undivided = tool(1, "undivided.onnx");
    assertThat(undivided.code()).isZero();
    List<String> steps = steps(undivided);
    for (int rank : new int[] {1, 0}) {
      String killed = "killed-" + rank + ".onnx";
      kill(rank, killed, random.nextInt(500));
      for (int processes : new int[] {2, 1, 3}) {
        String again = "again-%d-%d.onnx".formatted(rank, processes);
        copy(killed + ".checkpoint", again + ".checkpoint");
        copy(killed + ".checkpoint.before", again + ".checkpoint.before");
        ToolProcess run = tool(processes, again);
        assertThat(run.code()).as(run.said()).isZero();
        // The steps before the checkpoint are not taken again.
        assertThat(run.said()).doesNotContain("\"done\":1,");
        // Rate and images of each micro-batch are those of a run that was never stopped.
        assertThat(steps(run)).isNotEmpty().isSubsetOf(steps);
        if (processes == 2) {
          assertThat(at(again)).hasSameBinaryContentAs(at("whole.onnx"));
        } else {
          assertNear(again, "whole.onnx");
        }
      }
    }
  }

  /** What its log says of the steps of the process of rank 0. */
  private static List<String> steps(ToolProcess run) throws IOException {
    return Pattern.compile("training step \\d+ at rate \\S+: images \\[[^]]*\\]")
        .matcher(run.said())
        .results()
        .map(MatchResult::group)
        .toList();
  }

  /** While one state is put in the place of another, there may be the one before alone. */
  private static void copy(String from, String to) throws IOException {
    if (Files.exists(at(from))) {
      Files.copy(at(from), at(to), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static ToolProcess tool(int processes, String output) throws IOException {
    return ToolProcess.start(
        at(output + ".words"),
        train(processes, output, "--epochs=12", "--progress=json", "--verbose"));
  }

  private static void kill(int rank, String output, int millis) throws Exception {
    ToolProcess run = tool(2, output);
    while (!Files.exists(at(output + ".checkpoint.before")) && run.process().isAlive()) {
      Thread.sleep(10);
    }
    Thread.sleep(millis);
    List<ProcessHandle> children = run.process().descendants().toList();
    ProcessHandle victim =
        children.stream()
            .filter(child -> environment(child).contains("RANK=" + rank))
            .findFirst()
            .orElseThrow();
    victim.destroyForcibly();

    assertThat(run.code()).as(run.said()).isEqualTo(ExitCode.FAILED);
    assertThat(run.said())
        .contains("rank %d (process %d) was killed by signal 9".formatted(rank, victim.pid()));
    assertThat(children).noneMatch(ProcessHandle::isAlive);
  }

  private static List<String> environment(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", Long.toString(process.pid()), "environ");
      return List.of(Files.readString(file).split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }
}
