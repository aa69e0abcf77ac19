package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.DataSplit;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.RgbImage;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.job.Inputs;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.stage.CompressionPipeline;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.rank.Goal;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --max-drop} is measured on. */
final class MaxDropTest {
  private static final int IMAGES = 60;

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void writeModel() throws IOException {
    model = DemoModel.writtenTo(folder.resolve("model.onnx"));
  }

  /** Images of one class, of which those held out are drawn by a seed of their own. */
  private record Drawn(ShapeImages usual, ShapeImages heldOut) implements Dataset {
    private static final int[] HELD_OUT =
        DataSplit.of(
                new ImageStore(
                    new ShapeImages(7, IMAGES),
                    new ImageIoDecoder(),
                    Preprocessing.imageNet(32, 32)))
            .heldOut()
            .indices();

    @Override
    public int size() {
      return IMAGES;
    }

    @Override
    public List<String> classes() {
      return List.of("all");
    }

    @Override
    public int label(int index) {
      return 0;
    }

    @Override
    public String name(int index) {
      return Integer.toString(index);
    }

    @Override
    public RgbImage image(int index, ImageDecoder decoder) {
      boolean isHeldOut = Arrays.binarySearch(HELD_OUT, index) >= 0;
      return (isHeldOut ? heldOut : usual).image(index, decoder);
    }
  }

  /** A folder of them, without labels. */
  private Path images(String name, long heldOutSeed) {
    Dataset drawn = new Drawn(new ShapeImages(7, IMAGES), new ShapeImages(heldOutSeed, IMAGES));
    PngFolder.write(drawn, new ImageIoDecoder(), folder.resolve(name));
    return folder.resolve(name).resolve("all");
  }

  /** The stages of a job that is to lose little, on the way to a network of 0.3 of the MACs. */
  private Graph compressed(Path data) {
    CompressionOptions options =
        CompressionOptions.DEFAULT
            .with(
                RankSettings.DEFAULT
                    .with(RankSettings.Policy.UNIFORM)
                    .with(new Goal(Goal.Kind.MAX_DROP, 1)))
            .with(BasisOptions.DEFAULT.with(new Method("l1")))
            .with(new Corrections(Correction.OFF, Correction.ON))
            .with(TuneOptions.of(1));
    Inputs inputs = Inputs.of(model, data).with(Compute.fp32(1));
    Session session = Session.open(inputs, WorkListener.NONE);
    RankStage ranks = new RankStage(session, options.ranks(), 1);
    CompressionPipeline pipeline = new CompressionPipeline(session, session.baseline(), options);
    return pipeline.run(ranks.within(Goal.keepMacs(0.3))).state().network().graph();
  }

  /** A drop told on images that the weights were trained on would be told too small. */
  @Test
  void whatTheDropIsMeasuredOnReachesNoWeight() {
    Graph one = compressed(images("one", 8));
    Graph other = compressed(images("other", 9));

    assertThat(one.constants().keySet()).isEqualTo(other.constants().keySet());
    one.constants()
        .forEach(
            (name, constant) ->
                assertThat(constant.sameAs(other.constant(name))).as(name).isTrue());
  }
}
