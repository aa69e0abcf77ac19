package dev.capstan.rank.allocate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.rank.Plan;
import dev.capstan.rank.RankOptions;
import dev.capstan.rank.Ranks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.testing.OnnxModels;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans are written, edited by hand and read again. */
class PlanFileTest {
  private static final Graph GRAPH = Zoo.randomCifarResNet(1, List.of(8, 16), 10, 1);
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);
  private static final String SOURCE = "0123abcd";

  @TempDir Path folder;
  private Path file;
  private Plan plan;

  @BeforeEach
  void writePlan() {
    Map<String, Sensitivities.Curve> curves = new LinkedHashMap<>();
    for (Space space : SPACES.compressible()) {
      curves.put(space.name(), Sensitivities.Curve.of(space.width(), Map.of(4, 0.25)));
    }
    Sensitivities sensitivities = new Sensitivities(curves);
    CompressibleNetwork network = CompressibleNetwork.of(GRAPH, GRAPH, Residual.KEEP);
    Budget budget = Budget.macs(network.costs(), 0.7);
    Ranks ranks = Allocation.solve(SPACES, RankOptions.DEFAULT, sensitivities, budget);
    plan = new RankAllocation(network, ranks, 0).plan(SPACES, sensitivities, SOURCE, budget.goal());
    file = folder.resolve("plan.json");
    PlanFile.write(plan, file);
  }

  private void edit(String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replaceFirst(Pattern.quote(from), to));
  }

  @Test
  void isReadAsItWasWritten() {
    assertThat(PlanFile.read(file, SPACES, SOURCE)).isEqualTo(plan);
    assertThat(plan.budget()).isEqualTo("keep-macs 0.7");
    assertThat(plan.ranks().bySpace()).isNotEmpty();
  }

  /** A plan's curves, and a file of curves alone, say what was measured. */
  @Test
  void curvesAreReadAsTheyWereMeasured() {
    Sensitivities measured = CurvesFile.read(file, SOURCE);

    assertThat(measured.bySpace()).hasSameSizeAs(SPACES.compressible());
    for (Space space : SPACES.compressible()) {
      assertThat(measured.rise(space, 4)).isEqualTo(0.25);
      assertThat(measured.rise(space, space.width())).isZero();
    }
    Path curves = folder.resolve("curves.json");
    CurvesFile.write(measured, SOURCE, curves);
    assertThat(CurvesFile.read(curves, SOURCE)).isEqualTo(measured);
  }

  @Test
  void curvesOfAnotherModelOrNoneAreRefused() throws IOException {
    assertThatThrownBy(() -> CurvesFile.read(file, "ffff"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("expected source ffff", "found 0123abcd");
    edit("\"spaces\"", "\"spases\"");
    assertThatThrownBy(() -> CurvesFile.read(file, SOURCE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("found none");
  }

  @Test
  void ranksMayBeChangedAndSpacesLeftOut() throws IOException {
    String first = SPACES.compressible().get(0).name();
    Files.writeString(
        file,
        """
        {"format": "capstan-plan", "source": "%s", "spaces": {"%s": {"rank": 3}}}
        """
            .formatted(SOURCE, first));

    Plan edited = PlanFile.read(file, SPACES, SOURCE);

    assertThat(edited.ranks().bySpace()).containsExactly(Map.entry(first, 3));
  }

  @Test
  void anotherModelsPlanIsRefused() {
    assertRefused("ffff", "expected source ffff, found 0123abcd", "give the model it was made for");
  }

  @ParameterizedTest
  @CsvSource({
    "'{', ']', 'expected JSON', 'line 1, column'",
    "'\"capstan-plan\"', '\"other\"', 'expected format capstan-plan', 'found other'",
    "'\"spaces\"', '\"spases\"', 'spaces', 'found none'",
    "'\"layer1.0.conv1\"', '\"layer9\"', 'layer9', 'can be compressed'",
    "'\"width\" : 8', '\"width\" : 9', 'expected width 8', 'found 9'",
    "'\"rank\" : ', '\"rank\" : -', 'expected a rank from 1 to 8', 'found -'",
    "'\"rank\" : ', '\"rank\" : 10', 'expected a rank from 1 to 8', 'found 10'",
    "'\"rank\" : ', '\"rang\" : ', 'expected a rank from 1 to 8', 'found none'",
    "'\"rank\" : ', '\"rank\" : 1.', 'expected a rank from 1 to 8', 'found 1.'",
  })
  void whatIsWrongIsSaidInOneLine(String from, String to, String expected, String found)
      throws IOException {
    edit(from, to);

    assertRefused(SOURCE, expected, found);
  }

  /** Where nothing says in which line it is. */
  @Test
  void whatIsTooDeepOrTooLongIsSaidInOneLine() throws IOException {
    for (String json : List.of("[".repeat(100_000), "9".repeat(100_000))) {
      Files.writeString(file, json);
      assertRefused(SOURCE, "expected JSON, found ");
    }
  }

  private void assertRefused(String source, String... message) {
    assertThatThrownBy(() -> PlanFile.read(file, SPACES, source))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContainingAll(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aMissingFileIsNamed() {
    file = folder.resolve("absent.json");

    assertRefused(SOURCE, "no such file");
  }

  /** A grouped convolution takes as many channels of each group. */
  @Test
  void ranksFitTheGroups() throws IOException {
    Path model =
        OnnxModels.opset(13)
            .input("x", "N", 3, 8, 8)
            .weights("w", 16, 3, 3, 3)
            .node("Conv", "x w", "a")
            .weights("v", 16, 4, 3, 3)
            .node("Conv", "a v", "b", "group", 4)
            .weights("u", 4, 16, 1, 1)
            .node("Conv", "b u", "y")
            .output("y")
            .write(folder.resolve("grouped.onnx"));
    ChannelSpaces spaces = ChannelSpaces.of(OnnxReader.read(model), Residual.KEEP);
    Space grouped =
        spaces.compressible().stream()
            .filter(space -> space.groups().count() == 4)
            .findFirst()
            .get();
    String text =
        "{\"format\": \"capstan-plan\", \"source\": \"0123abcd\", \"spaces\": {\"%s\": {\"rank\": 8}}}"
            .formatted(grouped.name());
    Files.writeString(file, text);
    assertThat(PlanFile.read(file, spaces, SOURCE).ranks().of(grouped)).isEqualTo(8);

    edit("\"rank\": 8", "\"rank\": 6");

    assertThatThrownBy(() -> PlanFile.read(file, spaces, SOURCE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "%s: channel space '%s': expected a rank that is a multiple of 4 (as many channels in each group), found 6; correct it"
                .formatted(file, grouped.name()));
  }
}
