package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.weights.SafetensorsWriter;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConvertCommandTest {
  @TempDir Path folder;
  private Path weights;
  private Path output;

  @BeforeEach
  void writeWeights() {
    weights = weights(folder.resolve("resnet8.safetensors"));
    output = folder.resolve("resnet8.onnx");
  }

  /** Those of a ResNet-8, at random. */
  static Path weights(Path file) {
    return weights("resnet8", file);
  }

  /** Those of a known architecture. */
  static Path weights(String architecture, Path file) {
    SafetensorsWriter.write(tensors(architecture), Map.of(), file);
    return file;
  }

  private static Map<String, Constant> tensors() {
    return tensors("resnet8");
  }

  private static Map<String, Constant> tensors(String architecture) {
    Map<String, Constant> tensors = new LinkedHashMap<>(Zoo.random(architecture, 1).constants());
    tensors.keySet().removeIf(name -> !name.matches(".*\\.(weight|bias|running_mean|running_var)"));
    return tensors;
  }

  private CommandLineRun convert(String architecture, Path from, Path to, String... more) {
    String[] args = {"convert", architecture, "--weights", from.toString(), "-o", to.toString()};
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return CommandLineRun.of(all);
  }

  @Test
  void writesTheNetwork() {
    CommandLineRun run = convert("resnet8", weights, output);

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith(output + ": 12.2 M MACs, 75.3 k parameters");
    Graph graph = OnnxReader.read(output);
    tensors()
        .forEach((name, tensor) -> assertThat(tensor.sameAs(graph.constants().get(name))).isTrue());
  }

  @Test
  void saysTheSameAsJson() throws IOException {
    CommandLineRun run = convert("resnet8", weights, output, "--json");

    assertThat(run.out().replaceAll("\\s", ""))
        .startsWith("{\"output\":")
        .contains("\"bytes\":" + Files.size(output), "\"parameters\":");
  }

  @Test
  void namesTheNetworksItKnows() {
    CommandLineRun run = convert("resnet21", weights, output);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("'resnet21'", "resnet20", "vgg16-bn-cifar");
    assertThat(CommandLineRun.of("convert", "--help").out()).contains("resnet20", "vgg16-bn");
  }

  @Test
  void refusesWeightsThatAreNoneOrOthers() throws IOException {
    Path text = Files.writeString(folder.resolve("text.th"), "not weights\n");

    assertRefused(convert("resnet8", text, output), "text.th");
    assertRefused(convert("resnet8", folder.resolve("absent.th"), output), "absent.th");
    assertRefused(convert("resnet20", weights, output), "layer1.1.conv1.weight");
  }

  @Test
  void looksAtTheOutputFolderFirst() {
    Path nowhere = folder.resolve("nowhere/out.onnx");

    assertRefused(convert("resnet8", folder.resolve("absent.th"), nowhere), "nowhere");
  }

  private void assertRefused(CommandLineRun run, String message) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(message);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(output).doesNotExist();
  }
}
