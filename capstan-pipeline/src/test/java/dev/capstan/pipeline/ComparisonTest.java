package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.job.CompareJob;
import dev.capstan.job.CompareJob.RivalRanks;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.job.Inputs;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TuneOptions;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.report.CompareReport;
import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.CompareReport.Control;
import dev.capstan.report.ImagesSeen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Methods side by side, row by row. */
final class ComparisonTest {
  private static final CompressionOptions OPTIONS =
      CompressionOptions.DEFAULT
          .with(TuneOptions.NONE)
          .with(TinyInputs.RANKS.with(RankSettings.Policy.UNIFORM))
          .with(new Corrections(Correction.OFF, Correction.OFF));

  @TempDir static Path shared;
  private static Path model;
  private static Path images;

  @TempDir Path folder;

  @BeforeAll
  static void write() {
    model = TinyInputs.written(TinyInputs.ofOneImage(), shared);
    images = TinyInputs.images(shared.resolve("images"), 5, 20);
  }

  private CompareJob job(Path validation, double share, String... methods) {
    return job(images, validation, share, RivalRanks.SAME, OPTIONS, methods);
  }

  private CompareJob job(
      Path data,
      Path validation,
      double share,
      RivalRanks rivals,
      CompressionOptions options,
      String... methods) {
    Inputs usual = TinyInputs.of(model, data);
    Inputs inputs =
        new Inputs(model, data, validation, usual.images(), usual.compute(), true, null);
    return new CompareJob(
        inputs,
        Stream.of(methods).map(Method::new).toList(),
        List.of(share),
        List.of(1L),
        rivals,
        options,
        folder.resolve("compare"));
  }

  private CompareJob elsewhere(CompareJob job) {
    return new CompareJob(
        job.inputs(),
        job.methods(),
        job.keepMacs(),
        job.seeds(),
        job.rivalRanks(),
        job.options(),
        folder.resolve("elsewhere"));
  }

  /** Each row takes two seconds, in which its network is timed. */
  @Test
  void aLaterStartDoesWhatIsMissingAndNothingElse() throws IOException {
    CompareReport first = Comparison.run(job(images, 0.5, "l1"), new Heard());

    Heard heard = new Heard();
    CompareReport both = Comparison.run(job(images, 0.5, "l1", "random"), heard);

    assertThat(heard.notes())
        .filteredOn(note -> note.startsWith("row "))
        .singleElement()
        .asString()
        .startsWith("row 2 of 2: random-0.5-1");
    assertThat(heard.works().stream().filter("judge projected"::equals)).hasSize(1);
    assertThat(both.rows().get(0)).isEqualTo(first.rows().get(0));
    assertThat(both.rows()).extracting(CompareRow::ranks).containsOnly(first.rows().get(0).ranks());
    assertThat(both.lines())
        .extracting(line -> line.method().name())
        .containsExactly("l1", "random");
    assertThat(both.cost().macs()).isEqualTo(Cost.of(TinyInputs.graph()).macs());
    assertThat(both.rows().get(1).cost().macs()).isLessThanOrEqualTo(both.cost().macs() / 2);
    assertThat(both.baseline()).isEqualTo(both.rows().get(1).quality().top1().baseline());

    Heard again = new Heard();
    CompareReport none = Comparison.run(job(images, 0.5, "l1", "random"), again);

    assertThat(again.works()).isEmpty();
    assertThat(none.rows()).isEqualTo(both.rows());
    assertThat(TinyInputs.names(folder.resolve("compare")))
        .containsExactly("rows", "settings.json");
  }

  /** A budget of everything compresses nothing: what is trained then is the original. */
  @Test
  void theControlIsARowOfWhichNothingWasTaken() throws IOException {
    TrainRecipe quick = TrainRecipe.fromScratch(3, 1).withSteps(4, 0.1);
    CompressionOptions trained = OPTIONS.with(new TuneOptions(quick, false, 0, null));
    CompareJob job = job(images, images, 1, RivalRanks.SAME, trained, "l1");

    CompareReport report = Comparison.run(job, new Heard());

    CompareRow whole = report.rows().get(0);
    Control control = Objects.requireNonNull(report.control());
    Control.ControlRow seed = control.rows().get(0);
    assertThat(whole.cost().macs()).isEqualTo(report.cost().macs());
    assertThat(seed.quality().top1().fineTuned()).isEqualTo(whole.quality().top1().fineTuned());
    assertThat(seed.quality().top1().fineTuned()).isNotEqualTo(report.baseline());
    assertThat(seed.work().imagesSeen().all()).isEqualTo(whole.work().imagesSeen().all());
    assertThat(control.afterTuning().mean()).isEqualTo(seed.quality().top1().fineTuned());

    Heard again = new Heard();
    assertThat(Comparison.run(job, again).control()).isEqualTo(control);
    assertThat(again.works()).isEmpty();
    assertThat(TinyInputs.names(folder.resolve("compare/rows")))
        .containsExactly("l1-1.0-1.json", "original-1.json");
  }

  /** It is trained once for a seed, whatever it then teaches, and each row counts its images. */
  @Test
  void rowsAndControlOfASeedHaveOneTeacher() throws IOException {
    TrainRecipe quick = TrainRecipe.fineTuning(1, 1).withSteps(4, 0.005);
    CompressionOptions trained = OPTIONS.with(new TuneOptions(quick, false, 2, null));
    Heard heard = new Heard();

    CompareReport report =
        Comparison.run(job(images, images, 0.5, RivalRanks.SAME, trained, "l1", "random"), heard);

    assertThat(heard.works()).filteredOn("train"::equals).hasSize(1 + 2 + 1);
    long one = Objects.requireNonNull(report.control()).rows().get(0).work().imagesSeen().all();
    assertThat(report.rows())
        .extracting(row -> row.work().imagesSeen().byUse().get(ImagesSeen.Use.FINE_TUNING))
        .containsOnly(one);
  }

  /** Without labels, or untrained, a control would be the original. */
  @Test
  void whatTheOriginalCannotLearnFromMakesNoControl() throws IOException {
    Path unlabelled = TinyInputs.unlabelled(folder.resolve("unlabelled"), 6, 10);
    CompressionOptions trained = OPTIONS.with(TuneOptions.of(1));

    assertThat(
            Comparison.run(
                    job(unlabelled, images, 0.5, RivalRanks.SAME, trained, "l1"), new Heard())
                .control())
        .isNull();
  }

  @Test
  void rivalsMayHaveUniformRanksBesideOnesThatWereMeasured() {
    CompressionOptions measured = OPTIONS.with(TinyInputs.RANKS);
    CompareReport report =
        Comparison.run(
            job(images, images, 0.5, RivalRanks.UNIFORM, measured, "cap", "l1", "random"),
            new Heard());
    CompareReport uniform =
        Comparison.run(
            elsewhere(job(images, images, 0.5, RivalRanks.SAME, OPTIONS, "l1")), new Heard());

    List<CompareRow> rows = report.rows();
    assertThat(rows.get(0).ranks()).isNotEqualTo(rows.get(1).ranks());
    assertThat(rows.get(1).ranks())
        .isEqualTo(rows.get(2).ranks())
        .isEqualTo(uniform.rows().get(0).ranks());
  }

  @Test
  void aClassifierNeedsLabelsToBeComparedBy() throws IOException {
    assertThatThrownBy(() -> Comparison.run(job(null, 0.5, "l1"), new Heard()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("comparing needs labelled images");
    assertThat(TinyInputs.names(folder)).isEmpty();
  }

  @Test
  void whatRanksCannotBeChosenWithShowsBeforeTheFolderHoldsAnything() throws IOException {
    Path nowhere = folder.resolve("none").resolve("curves.json");
    CompressionOptions wrong =
        OPTIONS.with(OPTIONS.ranks().with(new RankSettings.Measuring(0, nowhere)));

    assertThatThrownBy(
            () ->
                Comparison.run(
                    job(images, images, 0.5, RivalRanks.UNIFORM, wrong, "l1"), new Heard()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("curves.json");
    assertThat(TinyInputs.names(folder)).isEmpty();
  }

  @Test
  void aBudgetThatCannotBeMetShowsBeforeAnyWork() {
    Heard heard = new Heard();

    assertThatThrownBy(() -> Comparison.run(job(images, 0.001, "l1"), heard))
        .isInstanceOf(InvalidInputException.class);
    assertThat(heard.works()).isEmpty();
  }
}
