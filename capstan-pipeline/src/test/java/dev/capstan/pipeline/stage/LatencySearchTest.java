package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.Session;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.FileCounter;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is timed is what is written, as far as ONNX Runtime runs it. */
final class LatencySearchTest {
  @TempDir Path folder;

  private static OnnxModels network(String unknown) {
    return OnnxModels.opset(13)
        .input("x", "N", 3, 32, 32)
        .weights("w", 8, 3, 3, 3)
        .node("Conv", "x w", "h")
        .weights("v", 8, 8, 1, 1)
        .node("Conv", "h v", "features")
        .longs("axis", 1)
        .node(unknown, "features axis", "sums")
        .weights("u", 8, 8, 3, 3)
        .node("Conv", "sums u", "y")
        .output("y");
  }

  private Session session(ModelProto model) {
    Path file = OnnxModels.write(model, folder.resolve("model.onnx"));
    Path images = TinyInputs.images(folder.resolve("images"), 5, 20);
    return Session.open(TinyInputs.of(file, images), WorkListener.NONE);
  }

  private static LatencySearch search(Session session) {
    Graph folded = session.source().folded();
    CompressibleNetwork network =
        CompressibleNetwork.of(folded, session.source().open(), Residual.KEEP);
    return new LatencySearch(session.input(), network);
  }

  @Test
  void theWholeFileWhereItRuns() {
    Session session = session(network("CumSum").build());
    LatencySearch search = search(session);
    Path timed = folder.resolve("timed.onnx");

    OnnxWriter.write(search.whole(session.source().folded().edit().tail(null).build()), timed);

    Map<String, Tensor> image = Map.of("x", Tensor.random(1, 1, 3, 32, 32));
    assertThat(FileCounter.of(timed, image))
        .isEqualTo(FileCounter.of(session.source().file(), image));
  }

  @Test
  void thePartWhereNobodyRunsTheRest() {
    ModelProto.Builder model = network("Mystery").builder();
    model.getGraphBuilder().getNodeBuilder(2).setDomain("com.acme");
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.acme").setVersion(1));
    Session session = session(model.build());
    Graph part = session.source().folded().edit().tail(null).build();

    assertThat(session.source().refusal()).contains("com.acme");
    assertThat(search(session).whole(part)).isSameAs(part);
  }
}
