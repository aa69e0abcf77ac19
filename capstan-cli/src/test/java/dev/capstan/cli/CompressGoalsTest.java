package dev.capstan.cli;

import static dev.capstan.cli.CompressRuns.at;
import static dev.capstan.cli.CompressRuns.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.onnx.OnnxReader;
import dev.capstan.pipeline.input.SourceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is asked of a result, and what comes of it. */
final class CompressGoalsTest {
  @TempDir static Path shared;
  private static CompressRuns runs;

  @TempDir Path folder;

  @BeforeAll
  static void draw() {
    runs = CompressRuns.in(shared);
  }

  private Path output() {
    return folder.resolve("small.onnx");
  }

  /** The result is written in any case; that it is too bad is told by the exit code. */
  @ParameterizedTest
  @CsvSource({"0.9999, 0.01, false, 0", "0.0001, 1, false, 3", "0.0001, 1, true, 3"})
  void whatMayBeLostIsChecked(String maxError, String minAgreement, boolean terminal, int code) {
    Path trained = Samples.trainedModel(folder.resolve("trained.onnx"));
    CommandLineRun run =
        CommandLineRun.in(
            Map.of(),
            terminal,
            "compress",
            trained.toString(),
            "--data=" + Samples.images(folder.resolve("flat"), 60),
            "-o",
            output().toString(),
            "--method=activation",
            "--ranks=uniform",
            "--refit=off",
            "--re-estimate=off",
            "--keep-macs=0.6",
            "--fine-tune-epochs=0",
            "-q",
            "--max-error=" + maxError,
            "--min-agreement=" + minAgreement);

    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(output()).exists();
    assertThat(run.out()).startsWith("lost, on 12 images that nothing was learned from");
    assertThat(run.out().contains("MISSED: the result is worse")).isEqualTo(code == 3);
    assertThat(run.out()).contains("WARNING: ");
    assertThat(run.err().contains("WARNING: ")).as("told once a reader").isEqualTo(!terminal);
    for (String limit : List.of("--max-error", "--min-agreement")) {
      String told = terminal ? run.out() : run.err();
      assertThat(told.contains(limit)).as(limit).isEqualTo(code == 3);
    }
  }

  @Test
  void aBudgetOfParametersIsKeptAndTheRecordHoldsAllThatWasSaid() throws IOException {
    String report =
        runs.to(
                output(),
                "--json",
                "--keep-parameters=0.6",
                "--channels=bgr",
                "--method=activation")
            .out();

    JsonNode saved = json(folder.resolve("small.capstan.json"));

    assertThat(saved).isEqualTo(JsonMapper.shared().readTree(report));
    JsonNode parameters = at(saved, "result/parameters");
    double kept = at(parameters, "after").asDouble() / at(parameters, "before").asDouble();
    assertThat(kept).isLessThanOrEqualTo(0.6);
    assertThat(at(saved, "result/goal/reached").asDouble()).isEqualTo(kept);
    assertThat(at(saved, "source").asString()).isEqualTo(SourceModel.read(runs.model()).sha256());
    assertThat(at(saved, "job/course/ranks/goal/amount").asDouble()).isEqualTo(0.6);
    assertThat(at(saved, "job/setup/model").asString()).endsWith(runs.model().toString());
    assertThat(at(saved, "preprocessing/channelOrder").asString()).isEqualTo("BGR");
    assertThat(at(saved, "preprocessing/height").asInt()).isEqualTo(32);
    assertThat(at(saved, "preprocessing/layout").asString()).isEqualTo("NCHW");
    assertThat(at(saved, "classes").get(0).asString()).isEqualTo("checker");
    assertThat(OnnxReader.read(output()).metadata().properties().get("capstan.preprocessing"))
        .contains("channels=bgr", "range=unit", "mean=0.485,0.456,0.406");
  }

  @Test
  void theRanksOfAPlanAreTaken() {
    Path plan = folder.resolve("plan.json");
    CommandLineRun planned =
        CommandLineRun.of(
            "plan",
            runs.model().toString(),
            "--data=" + runs.images(),
            "--keep-macs=0.7",
            "-o",
            plan.toString());
    assertThat(planned.code()).as(planned.err()).isZero();

    JsonNode report = runs.to(output(), "--json", "--plan=" + plan, "--method=activation").result();

    JsonNode spaces = json(plan).at("/spaces");
    at(report, "ranks")
        .properties()
        .forEach(
            space ->
                assertThat(space.getValue()).isEqualTo(spaces.get(space.getKey()).at("/rank")));
  }

  /** What is missing comes before what would be written beside it. */
  @Test
  void aModelThatIsNotThereIsNamed() {
    CommandLineRun run = CommandLineRun.of("compress", "/no/such.onnx", "--data=" + runs.images());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("/no/such.onnx: no such file").hasLineCount(1);
  }

  /** The two paths are enough, and what is there stays there. */
  @Test
  void oneCommandIsEnough() throws IOException {
    Path given = Files.copy(runs.model(), folder.resolve("shapes.onnx"));
    Path photos = Samples.flat(Samples.images(folder.resolve("few"), 30), folder.resolve("flat"));
    String[] command = {"compress", given.toString(), "--data=" + photos};
    Path small = Files.writeString(folder.resolve("shapes-small.onnx"), "the user's own");

    CommandLineRun refused = CommandLineRun.of(command);

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains(small + ": is there already", "--force").hasLineCount(1);
    assertThat(small).hasContent("the user's own");

    Files.delete(small);
    CommandLineRun run = CommandLineRun.of(command);

    assertThat(run.err()).contains("a try of 0.50 of the MACs: agreement");
    JsonNode goal = json(folder.resolve("shapes-small.capstan.json")).at("/result/goal");
    assertThat(goal.at("/asked").asString()).isEqualTo("auto 0.95");
    assertThat(run.code()).isEqualTo(goal.at("/reached").asDouble() >= 0.95 ? 0 : 3);
    assertThat(OnnxReader.read(small).nodes()).isNotEmpty();
    assertThat(run.out().stripTrailing())
        .endsWith("open: " + small.resolveSibling("shapes-small.capstan.html"));
    assertThat(Files.readString(folder.resolve("shapes-small.capstan.html")))
        .contains("class for 95 % of the images was asked for, ")
        .doesNotContain("auto 0.95 was");
  }

  @Test
  void oneGoalAtMost() {
    CommandLineRun run =
        CommandLineRun.of(
            "compress",
            runs.model().toString(),
            "--data=" + runs.images(),
            "--keep-macs=0.5",
            "--max-drop=1",
            "-o",
            output().toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("expected one goal, found --keep-macs 0.5 and --max-drop 1.0");
    assertThat(output()).doesNotExist();
  }

  @Test
  void aResultThatLosesTooMuchIsWrittenAndSaysSo() {
    Path judged = Samples.images(folder.resolve("judged"), 40);
    // Trained on noise the network forgets what the shapes looked like, which no short try shows.
    Path noise = Samples.noise(folder.resolve("noise"), 32);
    CommandLineRun run =
        CommandLineRun.of(
            "compress",
            Samples.trainedModel(folder.resolve("demo.onnx")).toString(),
            "--data=" + noise,
            "--val=" + judged,
            "--max-drop=0",
            "--method=activation",
            "--ranks=uniform",
            "--fine-tune-epochs=8",
            "--json",
            "-o",
            output().toString());

    assertThat(run.code()).as(run.err()).isEqualTo(3);
    JsonNode report = run.result();
    assertThat(at(report, "goal/met").asBoolean()).isFalse();
    assertThat(at(report, "goal/reached").asDouble()).isPositive();
    assertThat(run.err()).contains("try 5 of 5");
    assertThat(output()).isRegularFile();
  }
}
