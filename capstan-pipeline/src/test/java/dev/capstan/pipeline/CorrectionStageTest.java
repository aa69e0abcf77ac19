package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.PngFolder;
import dev.capstan.data.ShapeImages;
import dev.capstan.graph.Graph;
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
  private static final CourseOptions OPTIONS =
      CourseOptions.DEFAULT
          .with(RankSettings.DEFAULT.with(RankSettings.Policy.UNIFORM))
          .with(new BasisOptions(Method.CAP, 64, true))
          .with(new Corrections(Correction.OFF, Correction.ON));

  @TempDir static Path folder;
  private static Material material;
  private static Ranking ranking;

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
    Setup setup =
        Setup.of(DemoModel.writtenTo(folder.resolve("model.onnx")), folder.resolve("images"))
            .with(new Compute("fp32", 1));
    material = Material.open(setup, WorkListener.NONE);
    ranking = new RankStage(material, OPTIONS.ranks(), 1, WorkListener.NONE).run();
  }

  private static Way way(Method method) {
    int[] seen = Portions.of(IMAGES).seen();
    return new BasisStage(material, OPTIONS, seen, WorkListener.NONE).run(ranking, method);
  }

  private CorrectionStage stage() {
    return new CorrectionStage(material, OPTIONS, Portions.of(IMAGES), refits);
  }

  @Test
  void eachNetworkIsRefittedOnce() {
    Way way = way(Method.ACTIVATION);
    CorrectionStage stage = stage();
    Way first = stage.refitted(way);
    Way again = stage.refitted(way.with(way.graph(), way.seen().calibrated(3)));

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
    Way way = way(Method.ACTIVATION);
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
    new Course(material, null, OPTIONS, refits).run(ranking);

    assertThat(refits.count).isEqualTo(2);
  }
}
