package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.graph.Constant;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressJob.Limits;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.job.Inputs;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TuneOptions;
import dev.capstan.ort.OrtModel;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport;
import dev.capstan.report.Quality.Decision;
import dev.capstan.report.Quality.Lost;
import dev.capstan.report.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told to be lost is what ONNX Runtime gives of the two files. */
final class LostTest {
  @TempDir Path folder;

  private CompressJob job() throws IOException {
    Path model = DemoModel.writtenTo(folder.resolve("model.onnx"));
    Inputs inputs = TinyInputs.of(model, TinyInputs.unlabelled(folder.resolve("images"), 5, 60));
    CompressionOptions options =
        CompressionOptions.DEFAULT
            .with(TinyInputs.RANKS.with(RankSettings.Policy.UNIFORM))
            .with(new BasisOptions(Method.ACTIVATION, 0, false))
            .with(new Corrections(Correction.OFF, Correction.AUTO))
            .with(TuneOptions.of(1));
    return new CompressJob(inputs, options, Limits.NONE, folder.resolve("small.onnx"), false);
  }

  @Test
  void anUnlabelledClassifiersErrorsAreThoseOfOnnxRuntimesOutputs() throws IOException {
    CompressJob job = job();
    CompressReport report = Compressor.run(job.with(new Limits(1e-6, null)), WorkListener.NONE);
    Lost lost = report.quality().lost();
    List<float[]> original = new ArrayList<>();
    List<float[]> small = new ArrayList<>();
    outputs(job, original, small);

    assertThat(lost.images()).isEqualTo(original.size()).isEqualTo(12);
    assertThat(lost.wholeFile()).isTrue();
    assertThat(lost.outputError()).containsOnlyKeys("logits");
    assertThat(lost.outputError().get("logits"))
        .isCloseTo(error(original, small), within(1e-3 * error(original, small)));
    assertThat(lost.agreement()).isCloseTo(agreement(original, small), within(1e-9));
    assertThat(lost.divergence()).isPositive();
    assertThat(report.quality().outputError().get("logits").last())
        .isEqualTo(lost.outputError().get("logits"));
    assertThat(lost.met()).isFalse();
    assertThat(report.goal().met()).isTrue();
    assertThat(report.met()).isFalse();
    assertThat(report.quality().decisions())
        .extracting(Decision::stage)
        .containsExactly(Stage.PROJECTED, Stage.REFITTED, Stage.FINE_TUNED);
  }

  private static void outputs(CompressJob job, List<float[]> original, List<float[]> small) {
    Session session = Session.open(job.inputs(), WorkListener.NONE);
    try (OrtModel before = OrtModel.open(job.inputs().model(), 1);
        OrtModel after = OrtModel.open(job.output(), 1);
        Batches batches = session.data().heldOut().batches(1, 1)) {
      while (batches.hasNext()) {
        Batch.Input image = batches.next().inputs().get(0);
        Map<String, Constant> given =
            Map.of(before.inputs().get(0).name(), Constant.of(image.values(), image.shape()));
        original.add(before.run(given).get("logits").floats());
        small.add(after.run(given).get("logits").floats());
      }
    }
  }

  private static double error(List<float[]> original, List<float[]> small) {
    int length = original.get(0).length;
    double above = 0;
    double below = 0;
    for (int i = 0; i < length; i++) {
      int at = i;
      double mean = original.stream().mapToDouble(row -> row[at]).average().orElseThrow();
      for (int image = 0; image < original.size(); image++) {
        above += Math.pow(small.get(image)[i] - original.get(image)[i], 2);
        below += Math.pow(original.get(image)[i] - mean, 2);
      }
    }
    return Math.sqrt(above / below);
  }

  private static double agreement(List<float[]> original, List<float[]> small) {
    int same = 0;
    for (int image = 0; image < original.size(); image++) {
      same += largest(original.get(image)) == largest(small.get(image)) ? 1 : 0;
    }
    return (double) same / original.size();
  }

  private static int largest(float[] row) {
    int largest = 0;
    for (int i = 1; i < row.length; i++) {
      largest = row[i] > row[largest] ? i : largest;
    }
    return largest;
  }
}
