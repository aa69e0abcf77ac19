package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.capstan.error.InvalidInputException;
import dev.capstan.job.EvaluateJob;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.Inputs.MetricChoice;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.outputs.OutputKind;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Scores;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model file judged by images, and what is refused. */
final class EvaluatorTest {
  private static final int IMAGES = 20;
  private static final ImageOptions VALUES =
      new ImageOptions(PreprocessingOptions.DEFAULT, null, OutputKind.VALUES);

  @TempDir static Path folder;
  private static Path model;
  private static Path labelled;
  private static Path unlabelled;

  @BeforeAll
  static void write() throws IOException {
    model = TinyInputs.written(TinyInputs.graph(), folder);
    labelled = TinyInputs.images(folder.resolve("labelled"), 5, IMAGES);
    unlabelled = TinyInputs.unlabelled(folder.resolve("unlabelled"), 5, IMAGES);
  }

  private static Evaluator.Result run(Inputs inputs, Path original) {
    return Evaluator.run(new EvaluateJob(inputs, original), WorkListener.NONE);
  }

  private static void refused(Inputs inputs, Path original, String... words) {
    assertThatThrownBy(() -> run(inputs, original))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void outputsThatAreNoClassesNeedAnOriginalOrAMetric() {
    refused(
        TinyInputs.of(model, labelled).with(VALUES),
        null,
        "model.onnx",
        "the outputs are no classes",
        "'original'",
        "'metric'");
  }

  /** Labels say what they say without an original, too. */
  @Test
  void classesAreComparedWithAnOriginal() {
    Scores both = run(TinyInputs.of(model, labelled), model).scores();
    Scores alone = run(TinyInputs.of(model, unlabelled), model).scores();

    assertThat(both.top1()).isEqualTo(run(TinyInputs.of(model, labelled), null).scores().top1());
    assertThat(both.agreement()).isEqualTo(1);
    assertThat(alone.agreement()).isEqualTo(1);
    assertThat(alone.top1()).isNull();
  }

  @Test
  void classesNeedLabels() {
    refused(TinyInputs.of(model, unlabelled), null, unlabelled.toString(), "labelled images");
  }

  @Test
  void labelsMustBeTheModels() {
    Path other = folder.resolve("three.onnx");
    OnnxWriter.write(Zoo.randomCifarResNet(1, List.of(4, 8), 3, 1), other);

    refused(TinyInputs.of(other, labelled), null, "10 classes", "the network has 3");
  }

  @Test
  void classesAreJudgedByLabels() {
    Evaluator.Result found = run(TinyInputs.of(model, labelled), null);

    assertThat(found.scores().top1()).isBetween(0.0, 100.0);
    assertThat(found.scores().top5()).isGreaterThanOrEqualTo(found.scores().top1());
    assertThat(found.scores().outputError()).isEmpty();
    assertThat(found.scores().images()).isEqualTo(IMAGES);
    assertThat(found.skippedImages()).isEmpty();
  }

  @Test
  void outputsAreJudgedByTheOriginals() {
    Path other = folder.resolve("other.onnx");
    OnnxWriter.write(Zoo.randomCifarResNet(1, List.of(4, 8), 10, 2), other);
    Inputs inputs = TinyInputs.of(model, unlabelled).with(VALUES);

    assertThat(run(inputs, model).scores().outputError()).containsExactly(entry("logits", 0.0));
    assertThat(run(inputs, other).scores().outputError().get("logits")).isPositive();
    assertThat(run(inputs, other).scores().top1()).isNull();
  }

  /** There is nothing that its outputs could be compared with. */
  @Test
  void aMetricAloneTellsNoErrors() throws IOException {
    CountMetric.named(folder, CountMetric.class.getName());
    Inputs inputs = TinyInputs.of(model, unlabelled).with(new MetricChoice("count", folder));

    Scores values = run(inputs.with(VALUES), null).scores();

    assertThat(values.metric()).isEqualTo(IMAGES);
    assertThat(values.outputError()).isEmpty();
    assertThat(run(inputs, null).scores()).isEqualTo(values);
  }
}
