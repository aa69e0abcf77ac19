package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class TrainCommandTest {
  @TempDir static Path shared;
  private static Path model;
  private static Path images;

  @TempDir Path folder;

  @BeforeAll
  static void writeInput() {
    model = Samples.model(shared.resolve("model.onnx"), 10);
    images = Samples.images(shared.resolve("images"), 64);
  }

  private Path output() {
    return folder.resolve("trained.onnx");
  }

  private String[] train(String... more) {
    List<String> args = new ArrayList<>(List.of("train", model.toString(), "--epochs=1"));
    args.addAll(List.of("--data", images.toString(), "-o", output().toString(), "--threads=1"));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  private byte[] trained(String... more) throws IOException {
    CommandLineRun run = CommandLineRun.of(train(more));
    assertThat(run.code()).as(run.err()).isZero();
    return Files.readAllBytes(output());
  }

  @Test
  void printsFiguresAndKeepsThemInTheRecord() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(train("--val", images.toString(), "--json", "--ema=0.5", "--batch=16"));
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode printed = run.result();
    for (String figure : List.of("before", "after")) {
      assertThat(printed.at("/" + figure + "/top1").asDouble(-1)).isBetween(0.0, 100.0);
    }
    assertThat(printed.at("/imagesSeen").asLong()).isEqualTo(64);
    String record = Files.readString(folder.resolve("trained.capstan.json"));
    JsonNode saved = JsonMapper.shared().readTree(record);
    assertThat(saved.at("/job/recipe/averaging").asDouble()).isEqualTo(0.5);
    assertThat(saved.at("/job/recipe/schedule/batch").asInt()).isEqualTo(16);
    assertThat(saved).isEqualTo(JsonMapper.shared().readTree(run.out()));
    Path page = folder.resolve("trained.capstan.html");
    PageChecks.sound(page);
    assertThat(page).content().contains("trained.onnx, trained from model.onnx");
    assertThat(folder.resolve("trained.onnx.checkpoint")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rate=0.02",
        "--batch=32",
        "--label-smoothing=0.1",
        "--ema=0.9",
        "--shift=3",
        "--cutout=8",
        "--teacher=MODEL",
        "--teacher=MODEL --distillation=0.7",
        "--teacher=MODEL --temperature=2",
        "--teacher=MODEL --features=0",
        "--teacher=MODEL --muon-rate=0"
      })
  void everyOptionChangesTheResult(String options) throws IOException {
    String[] given = options.replace("MODEL", model.toString()).split(" ");
    // Of a teacher's options, the default is what to differ from.
    byte[] plain = given.length == 1 ? trained("--batch=16") : trained("--batch=16", given[0]);
    byte[] other =
        options.startsWith("--batch") ? trained(given) : trained(with("--batch=16", given));
    assertThat(other).isNotEqualTo(plain);
  }

  private static String[] with(String first, String... rest) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(rest));
    return all.toArray(String[]::new);
  }

  @Test
  void aSignalLeavesACheckpointThatTheSameCommandGoesOnFrom() throws IOException {
    byte[] whole = trained("--batch=4");
    Files.delete(output());
    Interruption interruption = new Interruption(number -> {});
    PrintStream signalling =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            // Said after some of the steps: there is something to lose.
            if (line.startsWith("training takes")) {
              interruption.signal(15);
            }
          }
        };
    Console console = new Console(signalling, signalling, Map.of(), false, false);
    assertThat(new Main(console, interruption).run(train("--batch=4"))).isEqualTo(143);
    assertThat(output()).doesNotExist();
    assertThat(folder.resolve("trained.onnx.checkpoint")).exists();
    assertThat(trained("--batch=4")).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({
    "--distillation=0.7, need --teacher",
    "--features=1, need --teacher",
    "--features=-1, a number from 0 on",
    "--ema=1, 'a share in [0, 1)'",
    "--label-smoothing=1.5, 'a share in [0, 1]'",
    "--batch=0, a whole number from 1 on"
  })
  void nonsenseIsWrongUsage(String option, String message) {
    CommandLineRun run = CommandLineRun.of(train(option));
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains(message);
  }

  @Test
  void whatDoesNotFitIsSaidInOneLine() throws IOException {
    CommandLineRun large = CommandLineRun.of(train("--cutout=40", "--quiet"));
    assertThat(large.code()).isEqualTo(ExitCode.FAILED);
    assertThat(large.err()).contains("40x40", "32x32").hasLineCount(1);
    Path five = Samples.model(folder.resolve("five.onnx"), 5);
    CommandLineRun other = CommandLineRun.of(train("--teacher", five.toString(), "--quiet"));
    assertThat(other.code()).isEqualTo(ExitCode.FAILED);
    assertThat(other.err()).contains("N x 5", "N x 10").hasLineCount(1);
    assertThat(output()).doesNotExist();
  }
}
