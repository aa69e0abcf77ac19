package dev.capstan.pipeline.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompareJob;
import dev.capstan.job.CompareJob.RivalRanks;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.Inputs.MetricChoice;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.Session;
import dev.capstan.rank.Goal;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What rows must have in common to stand in one table. */
final class CompareSettingsTest {
  private static final CompressionOptions OPTIONS = CompressionOptions.DEFAULT;

  @TempDir static Path folder;
  private static Session session;

  @BeforeAll
  static void open() {
    Path model = TinyInputs.written(TinyInputs.graph(), folder);
    session =
        Session.open(
            TinyInputs.of(model, TinyInputs.images(folder.resolve("images"), 5, 10)),
            WorkListener.NONE);
  }

  private static CompareSettings of(Inputs inputs, CompressionOptions options) {
    return of(
        new CompareJob(
            inputs,
            List.of(Method.CAP),
            List.of(0.5),
            List.of(1L),
            RivalRanks.SAME,
            options,
            folder));
  }

  private static CompareSettings of(CompareJob job) {
    return CompareSettings.of(job, session);
  }

  private static CompareSettings usual() {
    return of(session.inputs(), OPTIONS);
  }

  @Test
  void whatDiffersBetweenRowsIsNoPartOfThem() {
    CompareJob other =
        new CompareJob(
            session.inputs(),
            List.of(Method.PCA, Method.CAP),
            List.of(0.25, 0.5),
            List.of(3L),
            RivalRanks.SAME,
            OPTIONS
                .with(OPTIONS.bases().with(Method.PCA))
                .with(OPTIONS.ranks().with(Goal.keepMacs(0.1)))
                .withSeed(9),
            folder.resolve("elsewhere"));

    assertThat(of(other)).isEqualTo(usual());
  }

  @Test
  void ranksOfRivalsArePartOfThemWhereTheyAreNotTheSame() {
    CompareJob job =
        new CompareJob(
            session.inputs(),
            List.of(Method.CAP),
            List.of(0.5),
            List.of(1L),
            RivalRanks.UNIFORM,
            OPTIONS,
            folder);

    assertThat(of(job)).isNotEqualTo(usual());
    assertThat(usual().stages()).doesNotContainKey("rivalRanks");
  }

  static Stream<CompressionOptions> otherOptions() {
    return Stream.of(
        OPTIONS.with(OPTIONS.ranks().with(RankSettings.Policy.UNIFORM)),
        OPTIONS.with(TinyInputs.RANKS),
        OPTIONS.with(OPTIONS.bases().withLearnImages(77)),
        OPTIONS.with(new BasisOptions(Method.CAP, 0, true)),
        OPTIONS.with(new Corrections(Correction.AUTO, Correction.ON)),
        OPTIONS.with(TuneOptions.of(1)));
  }

  @ParameterizedTest
  @MethodSource("otherOptions")
  void whatChangesEveryRowIsPartOfThem(CompressionOptions options) {
    assertThat(of(session.inputs(), options)).isNotEqualTo(usual());
  }

  @Test
  void whatRowsAreJudgedByIsPartOfThem() {
    Inputs inputs = session.inputs();
    ImageOptions cropped = new ImageOptions(PreprocessingOptions.DEFAULT.withCrop(32), null, null);

    assertThat(of(inputs.withValidation(folder), OPTIONS)).isNotEqualTo(usual());
    assertThat(of(inputs.with(new MetricChoice("own", null)), OPTIONS)).isNotEqualTo(usual());
    assertThat(of(inputs.with(cropped), OPTIONS)).isNotEqualTo(usual());
    assertThat(usual().sourceSha256()).isEqualTo(session.source().sha256());
  }

  @Test
  void aFolderKnowsThemAgain() {
    CompareFolder.open(folder.resolve("rows"), usual());

    assertThat(CompareFolder.open(folder.resolve("rows"), usual())).isNotNull();
  }
}
