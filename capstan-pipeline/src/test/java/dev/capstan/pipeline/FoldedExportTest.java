package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.graph.Graph;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressJob.Limits;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.TuneOptions;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether an exporter has folded BatchNorm is no matter of the network. */
final class FoldedExportTest {
  @TempDir Path folder;

  private CompressReport compressed(Path model) throws IOException {
    CompressionOptions options =
        CompressionOptions.DEFAULT
            .with(TinyInputs.RANKS)
            .with(new BasisOptions(Method.ACTIVATION, 0, false))
            .with(TuneOptions.of(0));
    Path result = folder.resolve("small " + model.getFileName());
    Path images = folder.resolve("images of " + model.getFileName());
    Inputs inputs = TinyInputs.of(model, TinyInputs.unlabelled(images, 5, 60));
    return Compressor.run(
        new CompressJob(inputs, options, Limits.NONE, result, false), WorkListener.NONE);
  }

  @Test
  void ranksAndAgreementAreTheSame() throws IOException {
    Graph graph = TinyInputs.graph();
    Graph folded = Rewriter.apply(graph, new FoldBatchNorm());
    assertThat(graph.nodes()).anyMatch(node -> node.operator() instanceof BatchNormalization);
    assertThat(folded.nodes()).noneMatch(node -> node.operator() instanceof BatchNormalization);
    Path other = folder.resolve("folded.onnx");
    OnnxWriter.write(folded, other);

    CompressReport usual = compressed(TinyInputs.written(graph, folder));
    CompressReport found = compressed(other);

    assertThat(found.ranks().values()).containsExactlyElementsOf(usual.ranks().values());
    assertThat(found.size().macs().after()).isEqualTo(usual.size().macs().after());
    assertThat(found.quality().lost().agreement()).isEqualTo(usual.quality().lost().agreement());
    usual
        .quality()
        .lost()
        .outputError()
        .forEach(
            (output, error) ->
                assertThat(found.quality().lost().outputError().get(output))
                    .isCloseTo(error, within(1e-3 * error)));
  }
}
