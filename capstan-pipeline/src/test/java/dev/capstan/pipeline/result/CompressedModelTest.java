package dev.capstan.pipeline.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.RankSettings;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.ort.result.VerificationException;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.space.Bases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A compressed network on its way to its files. */
@Tag("trust")
final class CompressedModelTest {
  @TempDir static Path shared;
  private static Session session;
  private static CompressedNetwork network;

  @TempDir Path folder;

  @BeforeAll
  static void compress() {
    Path model = TinyInputs.written(TinyInputs.ofOneImage(), shared);
    session =
        Session.open(
            TinyInputs.of(model, TinyInputs.images(shared.resolve("images"), 5, 20)),
            WorkListener.NONE);
    RankSettings ranks = TinyInputs.RANKS.with(RankSettings.Policy.UNIFORM);
    RankAllocation allocation = new RankStage(session, ranks, 1).run();
    Bases bases =
        session
            .torch()
            .choose(
                new Method("l1"),
                allocation,
                session.data().all(),
                new CalibrationRecipe(20, 20, 1));
    network = CompressedNetwork.of(allocation.spaces(), bases);
  }

  private CompressJob job() {
    return new CompressJob(
        session.inputs(),
        CompressionOptions.DEFAULT,
        CompressJob.Limits.NONE,
        folder.resolve("small.onnx"),
        false);
  }

  private DraftFolder draft() {
    return ResultFiles.checked(job()).draft();
  }

  private CompressedModel begun(DraftFolder draft) {
    return new CompressedModel(session, job(), ResultFiles.checked(job()), draft);
  }

  /** The same with a weight that is no number. */
  private static Graph damaged(Graph graph) {
    String name = graph.constants().keySet().iterator().next();
    Constant weight = graph.constants().get(name);
    float[] values = weight.floats();
    Arrays.fill(values, Float.NaN);
    return graph.edit().constant(name, Constant.of(values, weight.sizes())).build();
  }

  @Test
  void whatFailsItsVerificationLeavesNothingBehind() throws IOException {
    CompressedNetwork broken = network.with(damaged(network.graph()));

    try (DraftFolder draft = draft()) {
      CompressedModel result = begun(draft);
      assertThatThrownBy(() -> result.write(broken))
          .isInstanceOf(VerificationException.class)
          .hasMessageContaining("small.onnx")
          .hasMessageContaining("logits");
      assertThat(TinyInputs.names(folder)).containsExactly(".small.onnx.draft", ".small.onnx.lock");
    }

    assertThat(TinyInputs.names(folder)).isEmpty();
  }

  @Test
  void nothingIsInPlaceBeforeAllIs() throws IOException {
    try (DraftFolder draft = draft()) {
      CompressedModel result = begun(draft);
      Export.Verified verified = result.write(network);

      assertThat(verified.verification().maxRelativeError()).isLessThan(1e-4);
      assertThat(verified.tail()).isNull();
      assertThat(result.bytes()).isPositive().isLessThan(session.source().bytes());
      assertThat(result.files().model()).isEqualTo(folder.resolve("small.onnx").toString());
      assertThat(TinyInputs.names(folder)).containsExactly(".small.onnx.draft", ".small.onnx.lock");
      result.publish(null, null);
    }

    assertThat(TinyInputs.names(folder))
        .containsExactly("small.bases.safetensors", "small.capstan.json", "small.onnx");
  }

  @Test
  void theModelIsTheSourcesCounterpartAndSaysWhereItComesFrom() {
    try (DraftFolder draft = draft()) {
      CompressedModel result = begun(draft);
      result.write(network);
      result.publish(null, null);
    }

    Graph source = session.source().graph();
    Graph small = OnnxReader.read(folder.resolve("small.onnx"));
    assertThat(small.inputs()).isEqualTo(source.inputs());
    assertThat(small.outputs()).isEqualTo(source.outputs());
    assertThat(small.metadata().properties())
        .containsEntry("capstan.source.sha256", session.source().sha256())
        .containsEntry("capstan.goal", "keep-macs 0.5")
        .containsEntry("capstan.method", "cap")
        .containsEntry("capstan.seed", "1");
  }

  /** As a kill between two moves leaves it: some files of this run, some of the one before. */
  @Test
  void filesOfTwoRunsAreToldApart() throws IOException {
    Path model = folder.resolve("small.onnx");
    Files.writeString(folder.resolve("small.onnx.data"), "of a larger model that lay here before");
    try (DraftFolder draft = draft()) {
      CompressedModel result = begun(draft);
      result.write(network);
      result.publish(null, null);
    }
    assertThat(TinyInputs.names(folder))
        .containsExactly("small.bases.safetensors", "small.capstan.json", "small.onnx");
    assertThat(SourceModel.read(model).file()).isEqualTo(model);

    for (String name : new String[] {"small.bases.safetensors", "small.onnx"}) {
      Path file = folder.resolve(name);
      byte[] own = Files.readAllBytes(file);
      Export.of(session, 1).write(network.graph(), Map.of("run", "another"), file);
      assertThatThrownBy(() -> SourceModel.read(model))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(
              file + ": expected the file that " + folder.resolve("small.capstan.json"))
          .hasMessageContaining("found another");
      Files.delete(file);
      if (!file.equals(model)) {
        assertThatThrownBy(() -> SourceModel.read(model))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("found no such file");
      }
      Files.write(file, own);
    }
  }

  @Test
  void aSecondRunOnOneOutputIsRefused() {
    try (DraftFolder draft = draft()) {
      assertThat(begun(draft).files().model()).isEqualTo(folder.resolve("small.onnx").toString());
      assertThatThrownBy(this::draft)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("small.onnx: another run is writing it");
    }
    draft().close();
  }

  @Test
  void anExportSaysWhatItIsToldToAndLeavesNoDraft() throws IOException {
    Path file = folder.resolve("exported.onnx");
    Export.of(session, 1).write(network.graph(), Map.of("word", "said"), file);

    assertThat(OnnxReader.read(file).metadata().properties()).containsEntry("word", "said");
    assertThat(TinyInputs.names(folder)).containsExactly("exported.onnx");
  }
}
