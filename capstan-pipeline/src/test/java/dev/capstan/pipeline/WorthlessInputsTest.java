package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Identity;
import dev.capstan.job.CompressJob;
import dev.capstan.job.EvaluateJob;
import dev.capstan.job.Inputs;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.outputs.OutputKind;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.recipe.WorkListener;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks and images of which nothing good can come: that is told, and before any work. */
@Tag("trust")
final class WorthlessInputsTest {
  @TempDir Path folder;

  /** The network where all elements of the weights whose name has this part are a number. */
  private Path model(String part, float value) {
    return model(TinyInputs.graph(), part, value);
  }

  private Path model(Graph graph, String part, float value) {
    Graph.Builder changed = graph.edit();
    graph
        .constants()
        .forEach(
            (name, constant) -> {
              if (name.contains(part)) {
                float[] values = new float[(int) constant.elements()];
                Arrays.fill(values, value);
                changed.constant(name, Constant.of(values, constant.sizes()));
              }
            });
    return TinyInputs.written(changed.build(), folder);
  }

  private void assertRefused(Path model, Path images, String... words) {
    Inputs inputs = TinyInputs.of(model, images);
    CompressJob job =
        CompressJob.of(inputs.model(), inputs.data(), folder.resolve("out.onnx")).with(inputs);
    assertThatThrownBy(() -> Compressor.run(job, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(words);
    assertThat(folder.resolve("out.onnx")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 1e30f, -1e38f})
  void aNetworkWhoseOutputsAreNotFinite(float weight) {
    Path images = TinyInputs.images(folder.resolve("images"), 5, 60);
    Path model = model("conv", weight);
    assertRefused(model, images, "model.onnx: output 'logits' is not finite for image", "layer '");
    EvaluateJob job = new EvaluateJob(TinyInputs.of(model, images), null);
    assertThatThrownBy(() -> Evaluator.run(job, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is not finite");
  }

  /** Its outputs are finite; squares of its values are not. */
  @Test
  void aNetworkOfHugeValues() throws IOException {
    Path images = TinyInputs.unlabelled(folder.resolve("images"), 5, 60);
    Graph wide = Zoo.randomCifarResNet(1, List.of(8, 16), 10, 1);
    Path model = model(wide, "linear.weight", 1e30f);
    assertRefused(model, images, "space '", "too large for their squares");
  }

  @Test
  void aNetworkThatGivesTheSameForEveryImage() {
    Path images = TinyInputs.images(folder.resolve("images"), 5, 60);
    assertRefused(
        model("conv", 0), images, "gives the same outputs whatever the image", "accept-chance");
  }

  /** Nothing is measured by a network whose own outputs say nothing. */
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, 0})
  void anOriginalThatSaysNothing(float weight) {
    Path images = TinyInputs.images(folder.resolve("images"), 5, 60);
    Path original = folder.resolve("original.onnx");
    OnnxWriter.write(OnnxReader.read(model("conv", weight)), original);
    Path model = TinyInputs.written(TinyInputs.graph(), folder);
    EvaluateJob job = new EvaluateJob(TinyInputs.of(model, images), original);
    assertThatThrownBy(() -> Evaluator.run(job, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("original.onnx: ")
        .hasMessageMatching("(?s).*(is not finite|gives the same outputs whatever the image).*");
  }

  private List<String> notes(Path images) {
    return notes(TinyInputs.graph(), images);
  }

  private List<String> notes(Graph graph, Path images) {
    Heard heard = new Heard();
    Path model = TinyInputs.written(graph, folder);
    Session.open(TinyInputs.of(model, images), heard).look(true);
    return heard.notes();
  }

  /** As one of a thousand classes does that is fed in another range than it was trained on. */
  @Test
  void aNetworkThatGivesAllImagesOneOfManyClasses() throws IOException {
    Path images = TinyInputs.unlabelled(folder.resolve("images"), 5, 60);
    Graph many = Zoo.randomCifarResNet(1, List.of(8, 16), 40, 1);
    float[] bias = new float[40];
    bias[7] = 1e3f;
    Graph one = many.edit().constant("linear.bias", Constant.of(bias, 40)).build();

    assertThat(notes(many, images)).noneMatch(note -> note.contains("one class"));
    assertThat(notes(one, images))
        .anyMatch(note -> note.contains("gives all of 32 images one class of 40, number 7"));
  }

  /** A network whose last layer was left out gives many numbers, of which none is a class. */
  @Test
  void aNetworkWhoseClassesNeverStandOut() throws IOException {
    Path images = TinyInputs.unlabelled(folder.resolve("images"), 5, 60);
    Graph many = Zoo.randomCifarResNet(1, List.of(8, 16), 40, 1);
    Graph sure = scaled(many, 100);

    assertThat(notes(scaled(many, 0.01f), images))
        .anyMatch(note -> note.contains("none stands out") && note.contains("'outputs' values"));
    assertThat(notes(sure, images)).noneMatch(note -> note.contains("stands out"));
  }

  /** The network with so many times its logits. */
  private static Graph scaled(Graph graph, float factor) {
    Constant weights = graph.constants().get("linear.weight");
    float[] values = weights.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return graph.edit().constant("linear.weight", Constant.of(values, weights.sizes())).build();
  }

  /** What the network shows of itself stays with its result, whatever becomes of it. */
  @Test
  void anEmbeddingIsNoClass() throws IOException {
    Path images = TinyInputs.unlabelled(folder.resolve("images"), 5, 60);
    Graph graph = Zoo.randomCifarResNet(1, List.of(8, 16), 40, 1);
    String logits = graph.outputs().get(0).name();
    Graph named =
        graph
            .edit()
            .node(new Identity(), "embedding", logits)
            .outputs(List.of(new Value("embedding", graph.outputs().get(0).type())))
            .build();
    assertThat(notes(named, images))
        .containsExactly(
            "output 'embedding' is taken for an embedding by its name, and judged by how far it is off; setting 'outputs' classes says otherwise");
    Path model = TinyInputs.written(named, folder);
    assertThat(SourceModel.read(model).folded())
        .satisfies(read -> assertThat(OutputKind.of(read)).isEqualTo(OutputKind.VALUES));
  }

  @Test
  void usualImagesAreNotRemarkedOn() {
    assertThat(notes(TinyInputs.images(folder.resolve("images"), 5, 60))).isEmpty();
  }

  @Test
  void fewImages() {
    assertThat(notes(TinyInputs.images(folder.resolve("images"), 5, 20)))
        .anyMatch(note -> note.startsWith("only 20 images to learn from"));
  }

  /** Copies in another class than their own, half of the set. */
  @Test
  void copiesOfTwoClasses() throws IOException {
    Path images = TinyInputs.images(folder.resolve("images"), 5, 30);
    List<Path> files;
    try (Stream<Path> all = Files.walk(images)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    Path last = files.get(files.size() - 1).getParent();
    for (Path file : files) {
      Files.copy(file, last.resolve("copy-" + file.getFileName()));
    }
    assertThat(notes(images))
        .anyMatch(note -> note.matches("\\d+ of \\d+ images are copies of others"))
        .anyMatch(note -> note.startsWith("one image is of two classes: "));
  }
}
