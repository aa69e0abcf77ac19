package dev.capstan.ort;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Relu;
import dev.capstan.testing.Layers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OrtStopwatchTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  @TempDir Path folder;

  @Test
  void measuresNetworksAndOperators() {
    Graph graph = network();
    try (OrtStopwatch stopwatch =
        OrtStopwatch.start(graph, 1, new Latency(1, SHORT), UnaryOperator.identity())) {
      assertThat(stopwatch.originalMillis()).isPositive();
      assertThat(stopwatch.network(graph)).isPositive();
      assertThat(stopwatch.operators(graph)).isPositive();
    }
  }

  @Test
  void timesTheWholeThatItIsTold() {
    Graph part = network();
    Graph smaller = network();
    List<Graph> asked = new ArrayList<>();
    UnaryOperator<Graph> whole =
        graph -> {
          asked.add(graph);
          return network();
        };
    try (OrtStopwatch stopwatch = OrtStopwatch.start(part, 1, new Latency(1, SHORT), whole)) {
      assertThat(stopwatch.network(smaller)).isPositive();
      assertThat(asked).containsExactly(part, smaller);
    }
  }

  private static Graph network() {
    Layers net = new Layers("net", 1, Dim.of(1), 16, 8);
    return net.outputs(net.apply(new Relu(), net.conv(net.input(), 16, 3, 1)));
  }

  @Test
  void namesTheKernelsAndLeavesNothingBehind() throws IOException {
    Path file = OnnxFixture.unary(folder, "Relu", TensorProto.DataType.FLOAT);

    List<KernelTime> kernels = Profile.of(file, 1, 4, SHORT);

    assertThat(kernels).extracting(KernelTime::operator).containsExactly("Relu");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void takesTheMedianOfEachKernelInMilliseconds() {
    String json =
        """
        [{"cat":"Session","dur":900,"name":"model_run"},
         {"cat":"Node","dur":70,"name":"a_kernel_time","args":{"op_name":"ReorderInput"}},
         {"cat":"Node","dur":1000,"name":"b_kernel_time","args":{"op_name":"Conv"}},
         {"cat":"Node","dur":9000,"name":"b_kernel_time","args":{"op_name":"Conv"}},
         {"cat":"Node","dur":2000,"name":"b_kernel_time","args":{"op_name":"Conv"}}]
        """;

    List<KernelTime> kernels = Profile.read(json);

    assertThat(kernels)
        .containsExactly(new KernelTime("a", "ReorderInput", 0.07), new KernelTime("b", "Conv", 2));
    assertThat(kernels).extracting(KernelTime::computes).containsExactly(false, true);
  }
}
