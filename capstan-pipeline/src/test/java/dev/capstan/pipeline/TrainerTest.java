package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.image.Augmentation;
import dev.capstan.job.Inputs;
import dev.capstan.job.TrainJob;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.TrainReport;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model file trained to another one, on drawn images. */
final class TrainerTest {
  private static final TrainRecipe RECIPE =
      TrainRecipe.fineTuning(2, 3)
          .withSteps(16, 0.05)
          .withAugmentation(new Augmentation(2, true, 3).withCutout(6))
          .withAveraging(0.5);

  @TempDir static Path shared;
  private static Path images;
  private static Path model;
  private static Path folded;

  @TempDir Path folder;

  @BeforeAll
  static void writeInput() {
    images = shared.resolve("images");
    PngFolder.write(new ShapeImages(5, 64), new ImageIoDecoder(), images);
    Graph graph = Zoo.randomCifarResNet(1, List.of(4, 8), 10, 1);
    model = written(graph, "model.onnx");
    folded = written(Rewriter.apply(graph, new FoldBatchNorm()), "folded.onnx");
  }

  private static Path written(Graph graph, String name) {
    OnnxWriter.write(graph, shared.resolve(name));
    return shared.resolve(name);
  }

  private TrainJob job(Path from, String name) {
    Path output = folder.resolve(name);
    Inputs inputs = Inputs.of(from, images).withValidation(images).with(Compute.fp32(1));
    return new TrainJob(inputs, output, model, RECIPE, TrainJob.checkpointOf(output));
  }

  @Test
  void aStoppedRunGoesOnToTheSameFile() throws IOException {
    TrainJob whole = job(folded, "whole.onnx");
    TrainReport report = Trainer.run(whole, WorkListener.NONE);
    assertThat(report.work().imagesSeen()).isEqualTo(128);
    TrainJob parts = job(folded, "parts.onnx");
    assertThatThrownBy(() -> Trainer.run(parts, new Stopping(3)))
        .isInstanceOf(CancellationException.class);
    assertThat(names())
        .contains("whole.onnx", "whole.capstan.json", "parts.onnx.checkpoint")
        .doesNotContain("parts.onnx", "parts.capstan.json");
    Trainer.run(parts, WorkListener.NONE);
    assertThat(names()).doesNotContain("parts.onnx.checkpoint").hasSize(4);
    assertThat(Files.readAllBytes(parts.output())).isEqualTo(Files.readAllBytes(whole.output()));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void theResultHasTheNodesThatItsSourceHad() {
    for (Path source : List.of(model, folded)) {
      TrainJob job = job(source, "out.onnx");
      Trainer.run(job, WorkListener.NONE);
      Graph before = OnnxReader.read(source);
      Graph after = OnnxReader.read(job.output());
      assertThat(after.nodes()).isEqualTo(before.nodes());
      before
          .constants()
          .forEach((name, was) -> assertThat(after.constants().get(name).sameAs(was)).isFalse());
    }
  }

  @Test
  void theModelItselfIsNotWrittenOver() throws IOException {
    byte[] before = Files.readAllBytes(model);
    TrainJob job = job(folded, "x.onnx");
    Inputs inputs = Inputs.of(model, images).with(Compute.fp32(1));
    TrainJob over = new TrainJob(inputs, model, null, RECIPE, job.checkpoint());
    assertThatThrownBy(() -> Trainer.run(over, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("model.onnx");
    assertThat(Files.readAllBytes(model)).isEqualTo(before);
  }
}
