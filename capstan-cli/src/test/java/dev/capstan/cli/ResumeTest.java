package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compressions whose process is killed, and which go on from what they have kept. */
@Tag("trust")
final class ResumeTest {
  /** What stages keep their state in, in their order. */
  private static final List<String> STATES = List.of("measure-1", "learn-1", "refit-1", "train-1");

  /** Of moments; another one for another night: {@code -Dcapstan.seed=2}. */
  private static final int SEED = Integer.getInteger("capstan.seed", 1);

  @TempDir static Path folder;
  private static Path model;
  private static Path images;
  private static String undisturbed;

  @BeforeAll
  static void runUndisturbed() throws IOException {
    model = Samples.model(folder.resolve("m.onnx"), 10);
    images = Samples.images(folder.resolve("images"), 60);
    CommandLineRun run = CommandLineRun.of(arguments("whole.onnx").toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isIn(0, 3);
    undisturbed = bits("whole").path("initializers").asString();
    assertThat(undisturbed).hasSize(64);
    assertThat(folder.resolve(".whole.onnx.resume")).doesNotExist();
  }

  private static List<String> arguments(String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "compress",
                model.toString(),
                "--data=" + images,
                "-o",
                folder.resolve(output).toString(),
                "--keep-macs=0.5",
                "--learn-images=256",
                "--fine-tune-epochs=3",
                "--accept-chance"));
    arguments.addAll(List.of(more));
    if (arguments.stream().noneMatch(argument -> argument.startsWith("--threads"))) {
      arguments.add("--threads=1");
    }
    return arguments;
  }

  /** What a record says of bits. */
  private static JsonNode bits(String stem) throws IOException {
    String record = Files.readString(folder.resolve(stem + ".capstan.json"));
    return JsonMapper.shared().readTree(record).at("/result/bits");
  }

  private static CommandLineRun run(String output, String... more) {
    return CommandLineRun.of(arguments(output, more).toArray(String[]::new));
  }

  private static FileTime written(Path state) throws IOException {
    return Files.exists(state) ? Files.getLastModifiedTime(state) : FileTime.fromMillis(0);
  }

  /** Whether the stage after this one has begun to keep what it does. */
  private static boolean isPast(Path kept, int stage) {
    return stage + 1 < STATES.size() && Files.exists(kept.resolve(STATES.get(stage + 1)));
  }

  private static void copyKept(String from, String to) throws IOException {
    Path target = Files.createDirectory(folder.resolve("." + to + ".resume"));
    try (Stream<Path> files = Files.list(folder.resolve("." + from + ".resume"))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
  }

  /** Two kills in each stage: at the first state that it writes, and at the one after. */
  @Test
  @Timeout(240)
  void whatIsKilledInAnyStageGoesOnToTheSameBits() throws Exception {
    Path kept = folder.resolve(".k.onnx.resume");
    String[] how = {};
    for (int kill = 0; kill < 2 * STATES.size(); kill++) {
      Path state = kept.resolve(STATES.get(kill / 2));
      FileTime before = written(state);
      ToolProcess run = ToolProcess.start(folder.resolve("words"), arguments("k.onnx", how));
      while (written(state).equals(before) && !isPast(kept, kill / 2) && run.process().isAlive()) {
        Thread.sleep(1);
      }
      assertThat(run.process().isAlive()).as(run.said()).isTrue();
      run.process().destroyForcibly().waitFor();
      how = new String[] {"--resume"};
    }
    copyKept("k.onnx", "e.onnx");

    assertThat(run("k.onnx", "--resume", "--seed=2").err())
        .contains("is what another run has kept (job.course.seed was 1, now it is 2)");
    assertThat(run("k.onnx", "--resume", "--threads=2").err())
        .contains("ran on something else", "--resume elastic");
    CommandLineRun last = run("k.onnx", "--resume");
    assertThat(last.code()).as(last.err()).isIn(0, 3);
    assertThat(last.err()).contains("going on from", "measured before", "learned before");
    assertThat(bits("k").path("initializers").asString()).isEqualTo(undisturbed);
    assertThat(bits("k").path("bitExact").asBoolean()).isTrue();
    assertThat(kept).doesNotExist();

    CommandLineRun elastic = run("e.onnx", "--resume=elastic", "--threads=2");
    assertThat(elastic.code()).as(elastic.err()).isIn(0, 3);
    assertThat(bits("e").path("bitExact").asBoolean()).isFalse();
    assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("."));
  }

  /** How long a process takes that nobody kills. */
  private static long undisturbedNanos() throws Exception {
    long began = System.nanoTime();
    ToolProcess run = ToolProcess.start(folder.resolve("words"), arguments("r.onnx"));
    assertThat(run.code()).as(run.said()).isIn(0, 3);
    long length = System.nanoTime() - began;
    assertUndisturbed();
    return length;
  }

  private static void assertUndisturbed() throws IOException {
    assertThat(bits("r").path("initializers").asString()).isEqualTo(undisturbed);
    assertThat(bits("r").path("bitExact").asBoolean()).isTrue();
    assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith(".r"));
  }

  /** {@code -Pnightly}: runs that are killed up to four times each before they are let end. */
  @Test
  @EnabledIfSystemProperty(named = "capstan.kills", matches = "\\d+")
  void killsAtRandomMomentsChangeNothing() throws Exception {
    Random random = new Random(SEED);
    long length = undisturbedNanos();
    int kills = 0;
    for (int results = 1; kills < Integer.getInteger("capstan.kills"); results++) {
      kills += killed(random, length);
      CommandLineRun last = run("r.onnx", "--resume", "--force");
      assertThat(last.code()).as(last.err()).isIn(0, 3);
      assertUndisturbed();
      System.out.printf("%d kills, %d results%n", kills, results);
    }
  }

  /** Kills a new run and what goes on from it, each at a random moment. */
  private static int killed(Random random, long length) throws Exception {
    int most = random.nextInt(1, 5);
    for (int kills = 0; kills < most; kills++) {
      String[] how = kills == 0 ? new String[] {"--force"} : new String[] {"--resume", "--force"};
      ToolProcess run = ToolProcess.start(folder.resolve("words"), arguments("r.onnx", how));
      if (run.process().waitFor(random.nextLong(length), TimeUnit.NANOSECONDS)) {
        assertThat(run.code()).as(run.said()).isIn(0, 3);
        return kills;
      }
      run.process().destroyForcibly().waitFor();
    }
    return most;
  }

  /** {@code -Pnightly}: a tenth as many runs that are asked to end, at random moments. */
  @Test
  @EnabledIfSystemProperty(named = "capstan.kills", matches = "\\d+")
  void signalsAtRandomMomentsLeaveNoDraft() throws Exception {
    Random random = new Random(SEED);
    List<Long> millis = new ArrayList<>();
    long length = undisturbedNanos();
    while (millis.size() < Math.max(1, Integer.getInteger("capstan.kills") / 10)) {
      ToolProcess run = ToolProcess.start(folder.resolve("words"), arguments("r.onnx", "--force"));
      if (!run.process().waitFor(random.nextLong(length), TimeUnit.NANOSECONDS)) {
        long asked = System.nanoTime();
        run.process().destroy();
        assertThat(run.code()).as(run.said()).isIn(143, 0, 3);
        millis.add((System.nanoTime() - asked) / 1_000_000);
        assertThat(folder.toFile().list()).noneMatch(name -> name.matches("\\.r\\..*(draft|tmp)"));
      }
    }
    System.out.printf("ended so many ms after SIGTERM: %s%n", millis.stream().sorted().toList());
  }
}
