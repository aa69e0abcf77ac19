package dev.capstan.pipeline.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Node;
import dev.capstan.graph.Tail;
import dev.capstan.job.ImageOptions;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.KernelTime;
import dev.capstan.ort.OrtModel;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.input.Tails;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Speed;
import dev.capstan.report.UncompressedTail;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Times of model files. */
final class LatencyTimingTest {
  @TempDir Path folder;

  /** The file, all of whose nodes get one name. */
  private static Path sameNames(Path file) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
      node.setName("node");
    }
    return Files.write(file, model.build().toByteArray());
  }

  /** ONNX Runtime refuses the file; what is written of it has names that differ. */
  @Test
  void aFileOfNodesWithOneNameIsTimedAsItIsWritten() throws IOException {
    Path file = sameNames(TinyInputs.written(TinyInputs.graph(), folder));
    SourceModel source = SourceModel.read(file);
    Path result = folder.resolve("result.onnx");
    OnnxWriter.write(source.graph(), result);
    assertThatThrownBy(() -> OrtModel.open(file, 1)).isInstanceOf(InvalidInputException.class);

    ModelInput input = TinyInputs.opened(file, ImageOptions.DEFAULT, WorkListener.NONE);
    Speed speed = LatencyTiming.measure(input, result, null);

    assertThat(speed.batch1().before().oneThread()).isPositive();
    assertThat(source.graph().nodes()).extracting(Node::name).doesNotHaveDuplicates();
  }

  /** Of the whole file where ONNX Runtime runs it, else of the part before the tail. */
  @Test
  void kernelsOfATailAreTimedWhereItRuns() throws IOException {
    Path file = folder.resolve("detector.onnx");
    try (InputStream model =
        LatencyTimingTest.class.getResourceAsStream(
            "/dev/capstan/fixtures/detector-script-11.onnx")) {
      Files.copy(model, file);
    }
    ModelInput input = TinyInputs.opened(file, ImageOptions.DEFAULT, WorkListener.NONE);
    Tail tail = input.source().graph().tail().orElseThrow();
    Path result = folder.resolve("result.onnx");
    OnnxWriter.write(input.source().graph(), result);

    assertThat(operators(input, result, Tails.told(tail, List.of(), null)))
        .contains("NonMaxSuppression")
        .anyMatch(operator -> operator.contains("Conv"));
    assertThat(operators(input, result, Tails.told(tail, List.of(), "not known")))
        .doesNotContain("NonMaxSuppression")
        .anyMatch(operator -> operator.contains("Conv"));
    // No compression shortens it; the part before it is never all of the time or none.
    assertThat(LatencyTiming.tailShare(input)).isBetween(0.0, 0.99);
  }

  private static Set<String> operators(ModelInput input, Path result, UncompressedTail tail) {
    LatencyTiming.Kernels kernels = LatencyTiming.kernels(input, result, tail);
    Set<String> before = operators(kernels.before());
    assertThat(operators(kernels.after())).isEqualTo(before);
    return before;
  }

  private static Set<String> operators(List<KernelTime> kernels) {
    return kernels.stream()
        .map(KernelTime::operator)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
