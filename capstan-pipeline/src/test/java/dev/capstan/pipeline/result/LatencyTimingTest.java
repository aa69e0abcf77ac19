package dev.capstan.pipeline.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Node;
import dev.capstan.job.ImageOptions;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.OrtModel;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Speed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
