package dev.capstan.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.job.Corrections.Correction;
import dev.capstan.job.RankSettings.Policy;
import dev.capstan.rank.Goal;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.RankOptions;
import dev.capstan.recipe.Method;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is done to a network, part by part. */
final class CompressionOptionsTest {
  private static final Goal DROP = new Goal(Goal.Kind.MAX_DROP, 1);
  private static final RankSettings RANKS = RankSettings.DEFAULT.with(Policy.UNIFORM);
  private static final BasisOptions BASES = new BasisOptions(Method.PCA, 64, true);
  private static final Corrections CORRECTIONS = new Corrections(Correction.ON, Correction.OFF);
  private static final TuneOptions TUNING = TuneOptions.of(3);

  @Test
  void eachPartIsReplacedAlone() {
    CompressionOptions was = CompressionOptions.DEFAULT;

    assertThat(was.with(RANKS))
        .isEqualTo(new CompressionOptions(RANKS, was.bases(), was.corrections(), was.tuning(), 1));
    assertThat(was.with(BASES))
        .isEqualTo(new CompressionOptions(was.ranks(), BASES, was.corrections(), was.tuning(), 1));
    assertThat(was.with(CORRECTIONS))
        .isEqualTo(new CompressionOptions(was.ranks(), was.bases(), CORRECTIONS, was.tuning(), 1));
    assertThat(was.with(TUNING))
        .isEqualTo(new CompressionOptions(was.ranks(), was.bases(), was.corrections(), TUNING, 1));
    assertThat(was.with(RANKS).with(BASES).with(CORRECTIONS).with(TUNING).withSeed(9))
        .isEqualTo(new CompressionOptions(RANKS, BASES, CORRECTIONS, TUNING, 9));
  }

  @Test
  void eachRankSettingIsReplacedAlone() {
    RankSettings was = RankSettings.DEFAULT;
    RankOptions options = new RankOptions(new RankGrid(2, 3), List.of("conv*"), List.of());
    Path plan = Path.of("plan.json");

    assertThat(was.with(DROP))
        .isEqualTo(
            new RankSettings(
                DROP, was.options(), was.policy(), was.streams(), null, was.measuring()));
    assertThat(was.with(DROP).with(options).with(Policy.UNIFORM).with(ResidualPolicy.KEEP))
        .isEqualTo(
            new RankSettings(
                DROP, options, Policy.UNIFORM, ResidualPolicy.KEEP, null, was.measuring()));
    assertThat(was.withPlan(plan).with(DROP).with(options))
        .isEqualTo(
            new RankSettings(DROP, options, was.policy(), was.streams(), plan, was.measuring()));
  }

  @ParameterizedTest
  @EnumSource
  void aDropIsSearchedWhereItIsTheGoalAndNoPlanGivesTheRanks(Goal.Kind kind) {
    RankSettings settings = RankSettings.DEFAULT.with(new Goal(kind, 1));

    assertThat(settings.searchesDrop()).isEqualTo(kind == Goal.Kind.MAX_DROP);
    assertThat(settings.withPlan(Path.of("plan.json")).searchesDrop()).isFalse();
  }

  @Test
  void whatIsAskedForIsTheGoalOrThePlan() {
    assertThat(RankSettings.DEFAULT.asked()).isEqualTo("keep-macs 0.5");
    assertThat(RankSettings.DEFAULT.with(DROP).asked()).isEqualTo("max-drop 1.0");
    assertThat(RankSettings.DEFAULT.with(DROP).withPlan(Path.of("plan.json")).asked())
        .isEqualTo("plan plan.json");
  }

  @Test
  void learningSeesManyImagesOnceAndFewManyTimes() {
    assertThat(BasisOptions.DEFAULT.images(1)).isEqualTo(32);
    assertThat(BasisOptions.DEFAULT.images(300)).isEqualTo(9600);
    assertThat(BasisOptions.DEFAULT.images(800)).isEqualTo(25_600);
    assertThat(BasisOptions.DEFAULT.images(20_000)).isEqualTo(50_000);
    assertThat(BasisOptions.DEFAULT.images(Integer.MAX_VALUE)).isEqualTo(50_000);
  }

  @Test
  void whoIsInAHurryLetsBasesSeeFewViews() {
    BasisOptions few = new BasisOptions(Method.CAP, 0, true);

    assertThat(few.images(300)).isEqualTo(12_800);
    assertThat(few.images(50_000)).isEqualTo(12_800);
  }

  @Test
  void learningSeesAsManyImagesAsAskedFor() {
    assertThat(BASES.images(10)).isEqualTo(64);
    assertThat(BasisOptions.DEFAULT.withLearnImages(80_000).images(300)).isEqualTo(80_000);
    assertThat(BASES.with(Method.CAP).withLearnImages(5))
        .isEqualTo(new BasisOptions(Method.CAP, 5, true));
    assertThatThrownBy(() -> BASES.withLearnImages(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void noPassesAreNoFineTuning() {
    assertThat(TuneOptions.of(0)).isEqualTo(TuneOptions.NONE);
    assertThat(TuneOptions.NONE.epochs()).isZero();
    assertThat(TUNING.epochs()).isEqualTo(3);
    assertThat(TUNING.recipe()).isNotNull();
  }

  @Test
  void imagesAreHeldOutOnlyForACorrectionThatIsDecided() {
    assertThat(CORRECTIONS.needJudgement()).isFalse();
    assertThat(new Corrections(Correction.AUTO, Correction.ON).needJudgement()).isTrue();
    assertThat(new Corrections(Correction.OFF, Correction.AUTO).needJudgement()).isTrue();
  }
}
