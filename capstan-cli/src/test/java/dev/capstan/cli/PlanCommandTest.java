package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.rank.Plan;
import dev.capstan.rank.allocate.PlanFile;
import dev.capstan.rewrite.Residuals;
import dev.capstan.space.ChannelSpaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PlanCommandTest {
  @TempDir static Path shared;
  private static Path model;
  private static Path images;

  @TempDir Path folder;

  @BeforeAll
  static void writeInput() throws IOException {
    model = Samples.model(shared.resolve("model.onnx"), 10);
    images =
        Samples.flat(Samples.images(shared.resolve("classes"), 40), shared.resolve("unlabelled"));
  }

  private static CommandLineRun plan(String... more) {
    List<String> args = new ArrayList<>(List.of("plan", model.toString(), "--data"));
    args.addAll(List.of(images.toString(), "--quiet"));
    args.addAll(List.of(more));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  @Test
  void showsTheRanksAndSavesThem() throws IOException {
    Path file = folder.resolve("plan.json");

    CommandLineRun run = plan("--keep-macs", "0.7", "-o", file.toString());

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("space", "width", "rank", "share", "rise", "layer1.0.conv1", "layer2.0.conv1")
        .contains("of their variation")
        .contains("--keep-macs 0.7: ", "saved: " + file);
    SourceModel source = SourceModel.read(model);
    ChannelSpaces spaces =
        ChannelSpaces.of(Residuals.project(source.folded()), ChannelSpaces.Residual.PROJECT);
    Plan plan = PlanFile.read(file, spaces, source.sha256());
    assertThat(plan.ranks().bySpace()).isNotEmpty();
    assertThat(plan.rise()).isPositive();
    Document page = PageChecks.sound(folder.resolve("plan.html"));
    assertThat(page.text()).containsPattern("images measured on [1-9]");
    assertThat(page.select("h2").eachText())
        .contains("What other sizes would cost", "The network and its channels", "The ranks");
  }

  @Test
  void saysTheSameAsJson() {
    JsonNode found = JsonMapper.shared().readTree(plan("--keep-parameters=0.6", "--json").out());

    assertThat(found.propertyNames())
        .containsExactly("source", "budget", "macs", "parameters", "rise", "spaces");
    assertThat(found.at("/spaces/layer1.0.conv1").propertyNames())
        .containsExactly("width", "rank", "rise", "curve");
    assertThat(found.at("/budget").asString()).isEqualTo("keep-parameters 0.6");
  }

  @Test
  void optionsSayWhichRanksThereAre() {
    String out =
        plan("--keep-macs=0.8", "--multiple=3", "--min-rank=5", "--exclude=layer1*", "--json")
            .out();

    JsonNode spaces = JsonMapper.shared().readTree(out).at("/spaces");
    assertThat(spaces.at("/layer1.0.conv1/rank").asInt()).isEqualTo(8);
    assertThat(spaces.at("/layer2.0.conv1/rank").asInt()).isIn(6, 9, 12, 15);
  }

  @ParameterizedTest
  @CsvSource({
    "--exclude, stem*, 1, --exclude 'stem*' matches no channel space",
    "--include, layer9, 1, --include 'layer9' matches no channel space",
    "--keep-macs, 0.001, 1, cannot be met",
    "--min-rank, 0, 2, a whole number from 1 on",
    "--keep-parameters, 2, 2, 'a share in (0, 1]'",
    "--latency-speedup, 1000, 1, cannot be reached: the original takes",
    "-o, absent/plan.json, 1, there is no folder",
  })
  void whatIsWrongIsSaidBeforeAnythingIsMeasured(
      String option, String value, int code, String message) {
    CommandLineRun run = plan(option, value);

    assertThat(run.code()).isEqualTo(code);
    assertThat(run.err()).contains(message);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(code);
  }

  @Test
  void twoBudgetsAreWrongUsage() {
    CommandLineRun run = plan("--keep-macs=0.5", "--latency-ms=2");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("found --keep-macs 0.5 and --latency-ms 2.0");
  }

  @Test
  void aPlanThatFailsLeavesNoFile() {
    Path file = folder.resolve("plan.json");

    plan("--keep-macs=0.001", "-o", file.toString());

    assertThat(Files.exists(file)).isFalse();
  }
}
