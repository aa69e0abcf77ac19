package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Correction;
import dev.capstan.job.Corrections;
import dev.capstan.job.Inputs;
import dev.capstan.job.RankSettings;
import dev.capstan.pipeline.DemoModel;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a choice between two networks has computed serves the stages after it. */
final class CorrectionStageTest {
  private static final int IMAGES = 60;
  private static final CompressionOptions OPTIONS =
      CompressionOptions.DEFAULT
          .with(RankSettings.DEFAULT.with(RankSettings.Policy.UNIFORM))
          .with(new BasisOptions(Method.CAP, 64, true))
          .with(new Corrections(Correction.OFF, Correction.ON));

  @TempDir static Path folder;
  private static Session material;
  private static RankAllocation ranking;

  private final Refits refits = new Refits();

  /** Counts them. */
  private static final class Refits implements WorkListener {
    private int count;

    @Override
    public void begin(String what, long steps) {
      count += what.equals("refit") ? 1 : 0;
    }
  }

  @BeforeAll
  static void read() throws IOException {
    PngFolder.write(new ShapeImages(5, IMAGES), new ImageIoDecoder(), folder.resolve("images"));
    Inputs setup =
        Inputs.of(DemoModel.writtenTo(folder.resolve("model.onnx")), folder.resolve("images"))
            .with(new Compute("fp32", 1));
    material = Session.open(setup, WorkListener.NONE);
    ranking = new RankStage(material, OPTIONS.ranks(), 1, WorkListener.NONE).run();
  }

  private static CompressedNetwork way(Method method) {
    int[] seen = DataSplit.of(IMAGES).seen();
    return new BasisStage(material, OPTIONS, seen, WorkListener.NONE).run(ranking, method);
  }

  private CorrectionStage stage() {
    return new CorrectionStage(material, OPTIONS, DataSplit.of(IMAGES), refits);
  }

  @Test
  void eachNetworkIsRefittedOnce() {
    CompressedNetwork way = way(Method.ACTIVATION);
    CorrectionStage stage = stage();
    CompressedNetwork first = stage.refitted(way);
    CompressedNetwork again = stage.refitted(way.with(way.graph(), way.seen().calibrated(3)));

    assertThat(refits.count).isEqualTo(1);
    assertThat(again.graph()).isSameAs(first.graph()).isNotSameAs(way.graph());
    assertThat(again.seen()).isEqualTo(first.seen().calibrated(3));
    assertThat(stage.divergence(again)).isEqualTo(stage.divergence(first));
    assertThat(stage.divergence(again)).isNotEqualTo(stage.divergence(way));
    assertThat(stage.refitted(way(Method.L1)).graph()).isNotSameAs(first.graph());
    assertThat(refits.count).isEqualTo(2);
  }

  @Test
  void whatIsRememberedIsWhatAnotherRunGives() {
    CompressedNetwork way = way(Method.ACTIVATION);
    Graph one = stage().refitted(way).graph();
    Graph other = stage().refitted(way).graph();

    assertThat(refits.count).isEqualTo(2);
    one.constants()
        .forEach(
            (name, constant) ->
                assertThat(constant.sameAs(other.constants().get(name))).as(name).isTrue());
  }

  @Test
  void ofTwoWaysEachIsRefittedOnce() {
    new CompressionPipeline(material, null, OPTIONS, refits).run(ranking);

    assertThat(refits.count).isEqualTo(2);
  }
}
