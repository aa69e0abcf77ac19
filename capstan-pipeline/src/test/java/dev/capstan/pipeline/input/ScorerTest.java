package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.metric.Metric;
import dev.capstan.outputs.OutputKind;
import dev.capstan.pipeline.CountMetric;
import dev.capstan.pipeline.DemoModel;
import dev.capstan.pipeline.Heard;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Quality.OwnMetric;
import dev.capstan.report.Scores;
import dev.capstan.report.Stage;
import dev.capstan.report.StageFigures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What judges networks. */
final class ScorerTest {
  private static final int IMAGES = 130;

  @TempDir static Path folder;
  private static Path model;
  private static Path random;
  private static Path labelled;
  private static Path unlabelled;

  @BeforeAll
  static void write() throws IOException {
    model = DemoModel.writtenTo(folder.resolve("demo.onnx"));
    random = TinyInputs.written(TinyInputs.graph(), folder);
    labelled = TinyInputs.images(folder.resolve("labelled"), 5, IMAGES);
    unlabelled = TinyInputs.unlabelled(folder.resolve("unlabelled"), 5, 20);
  }

  private static Inputs inputs(Path file, Path data, boolean accept) {
    Inputs inputs = TinyInputs.of(file, data);
    return new Inputs(file, data, null, inputs.images(), inputs.compute(), accept, null);
  }

  private static Scorer with(Session session, @Nullable Metric metric) {
    ImageSubset images =
        ImageSubset.all(new ImageSets(session.input(), WorkListener.NONE).judging(labelled, false));
    return new Scorer(session.source().folded(), images, true, metric, session.torch());
  }

  private static Session session(Path file, Path data) {
    return Session.open(inputs(file, data, false), WorkListener.NONE);
  }

  @Test
  void aBaselineNearChanceIsRefused() {
    Session session = session(random, labelled);

    assertThatThrownBy(session::baseline)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("of 130 labelled images right, chance is 10.0 %")
        .hasMessageContaining("'accept-chance'");
  }

  @Test
  void aBaselineNearChanceIsToldWhereItIsAccepted() {
    Heard heard = new Heard();

    Session.open(inputs(random, labelled, true), heard).baseline();

    assertThat(heard.notes()).singleElement().asString().contains("chance is 10.0 %");
  }

  @Test
  void aTrainedNetworkIsNotNearChance() {
    Heard heard = new Heard();

    Session.open(inputs(model, labelled, false), heard).baseline();

    assertThat(heard.works()).containsExactly("check labels");
    assertThat(heard.notes()).isEmpty();
  }

  @Test
  void withoutLabelsAClassifierIsJudgedByItsOriginal() {
    Session session = session(model, unlabelled);
    Scorer scorer = session.scorer();

    assertThat(scorer.judges()).isFalse();
    Scores scores = session.baseline();
    assertThat(scores.top1()).isNull();
    assertThat(scores.outputError()).containsExactly(entry("logits", 0.0));
    assertThat(scores.agreement()).isEqualTo(1);
    Scores other = scorer.of(session.input().counterpart(random), "other");
    assertThat(other.outputError().get("logits")).isGreaterThan(0.9);
    assertThat(other.agreement()).isLessThan(0.8);
    assertThat(other.divergence()).isPositive();
    assertThat(other.images()).isEqualTo(session.data().heldOut().size());
  }

  /** Labels of images to learn from do not judge: the network may have seen them. */
  @Test
  void labelsJudgeOnlyWhereTheyWereGivenForIt() {
    Session learning = session(model, labelled);
    Scores scores = with(learning, null).of(learning.source().folded(), "stage");

    assertThat(learning.scorer().judges()).isFalse();
    assertThat(scores.top1()).isGreaterThan(50);
    assertThat(scores.top5()).isBetween(scores.top1(), 100.0);
    assertThat(scores.outputError()).containsExactly(entry("logits", 0.0));
    assertThat(scores.metric()).isNull();
    assertThat(scores.images()).isEqualTo(IMAGES);
  }

  @Test
  void outputsThatAreNoClassesAreJudgedByTheOriginals() {
    ImageOptions values = new ImageOptions(PreprocessingOptions.DEFAULT, null, OutputKind.VALUES);
    Session session = Session.open(inputs(model, labelled, false).with(values), WorkListener.NONE);
    Graph other = session.input().counterpart(random);

    Scores scores = session.baseline();
    assertThat(scores.outputError()).containsExactly(entry("logits", 0.0));
    assertThat(scores.top1()).isNull();
    assertThat(scores.images()).isEqualTo(session.data().heldOut().size());
    assertThat(session.scorer().of(other, "other").outputError().get("logits")).isPositive();
    assertThat(session.scorer().against(other).of(other, "other").outputError())
        .containsExactly(entry("logits", 0.0));
  }

  @Test
  void aMetricStandsBesideWhatLabelsSay() {
    Session session = session(model, labelled);
    Scorer scorer = with(session, new CountMetric());

    Scores scores = scorer.of(session.source().folded(), "stage");

    assertThat(scores.metric()).isEqualTo(IMAGES);
    assertThat(scores.top1()).isNotNull();
    StageFigures figures = new StageFigures(Map.of(Stage.BASELINE, scores.metric()));
    assertThat(scorer.ownMetric(figures)).isEqualTo(new OwnMetric("count", false, figures));
    assertThat(with(session, null).ownMetric(figures)).isNull();
  }

  @Test
  void aMetricJudgesImagesWithoutLabelsToo() {
    Session session = session(model, unlabelled);
    ImageSubset images = session.data().heldOut();
    Metric metric = new CountMetric();
    Scorer scorer = new Scorer(session.source().folded(), images, false, metric, session.torch());

    Scores scores = scorer.of(session.source().folded(), "stage");

    assertThat(scores.top1()).isNull();
    assertThat(scores.metric()).isEqualTo(images.size());
  }
}
