package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.job.ConvertJob;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.weights.SafetensorsWriter;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Known networks with weights of a file. */
final class ConverterTest {
  @TempDir static Path shared;
  private static Graph graph;
  private static Path weights;

  @TempDir Path folder;

  @BeforeAll
  static void write() {
    graph = Zoo.random("resnet8", 1);
    weights = shared.resolve("weights.safetensors");
    SafetensorsWriter.write(graph.constants(), Map.of(), weights);
  }

  private void refused(String architecture, Path from, String word) throws IOException {
    ConvertJob job = new ConvertJob(architecture, from, folder.resolve("out.onnx"));
    assertThatThrownBy(() -> Converter.run(job))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(word);
    assertThat(TinyInputs.names(folder)).isEmpty();
  }

  @Test
  void theFileHoldsTheNetworkWithTheseWeights() throws IOException {
    Path file = folder.resolve("out.onnx");

    Converter.Result found = Converter.run(new ConvertJob("resnet8", weights, file));

    Cost cost = Cost.of(graph);
    assertThat(found)
        .isEqualTo(
            new Converter.Result(
                file.toString(), cost.macs(), cost.parameters(), Files.size(file)));
    Graph written = OnnxReader.read(file);
    assertThat(written.nodes()).isEqualTo(graph.nodes());
    for (Map.Entry<String, Constant> constant : graph.constants().entrySet()) {
      assertThat(written.constant(constant.getKey()).sameAs(constant.getValue()))
          .as(constant.getKey())
          .isTrue();
    }
  }

  @Test
  void nothingIsWrittenOfWhatDoesNotFit() throws IOException {
    refused("resnet9", weights, "unknown network 'resnet9'");
    refused("resnet20", weights, "layer1.1.conv1.weight");
    refused("resnet8", shared.resolve("none.pt"), "none.pt");
  }

  @Test
  void theNetworksThatAreKnownAreNamed() {
    assertThat(Converter.architectures())
        .containsExactlyElementsOf(Zoo.architectures())
        .contains("resnet56", "vgg16-bn");
  }
}
