package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cost.Cost;
import dev.capstan.data.Dataset;
import dev.capstan.data.DatasetView;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Metadata;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Relu;
import dev.capstan.image.RgbImage;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.pipeline.Heard;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.recipe.WorkListener;
import dev.capstan.testing.Fixtures;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The size at which a network is worked with that leaves it open, where nobody says one. */
final class OpenSizeTest {
  private static final PreprocessingOptions USUAL = PreprocessingOptions.DEFAULT;

  @TempDir Path folder;

  /** Black pictures of these sizes; null is one that cannot be read. */
  private record Pictures(IntFunction<Extent> sizes, int size) implements DatasetView {
    @Override
    public Dataset whole() {
      return new ShapeImages(1, size);
    }

    @Override
    public RgbImage image(int index, ImageDecoder decoder) throws IOException {
      Extent size = sizes.apply(index);
      if (size == null) {
        throw new IOException("damaged");
      }
      return new RgbImage(size.width(), size.height(), new byte[3 * size.height() * size.width()]);
    }
  }

  private static Dataset alike(int height, int width) {
    return new Pictures(index -> new Extent(height, width), 40);
  }

  private SourceModel model(Graph graph) {
    return SourceModel.read(TinyInputs.written(graph, folder));
  }

  private SourceModel classifier() {
    return model(TinyInputs.open(TinyInputs.graph()));
  }

  /** What is scaled down is scaled up and joined again: sides of multiples of 4 fit. */
  private static SourceModel segmenter() {
    return SourceModel.read(Fixtures.file("unet-dynamic-script-17"));
  }

  private static OpenSize.Chosen chosen(SourceModel file, Dataset images) {
    return OpenSize.of(file, images, USUAL).orElseThrow();
  }

  private static Extent extent(SourceModel file, Dataset images) {
    return chosen(file, images).extent();
  }

  private static double pixels(Extent size) {
    return (double) size.height() * size.width();
  }

  /** A layer that one size alone fits. */
  private static Graph flat(int height, int width) {
    Layers layers = new Layers("flat", 1, Dim.of(1), 3, 8);
    Feature conv = layers.conv(layers.input(), 4, 3, 1);
    Feature flat = layers.flatten(new Feature(layers.apply(new Relu(), conv).name(), 4, 8));
    Feature wide = new Feature(flat.name(), 4 * height * width, 0);
    return TinyInputs.open(layers.outputs(layers.gemm(wide, 5)));
  }

  @Test
  void imagesOfOneSizeAreTakenAsTheyAre() {
    for (Extent size : List.of(new Extent(32, 32), new Extent(48, 192), new Extent(33, 47))) {
      assertThat(extent(classifier(), alike(size.height(), size.width()))).isEqualTo(size);
    }
    assertThat(extent(segmenter(), alike(48, 192))).isEqualTo(new Extent(48, 192));
  }

  @Test
  void whateverTheImagesTheLayersTakeTheSizeInAboutTheirProportion() {
    SplittableRandom random = new SplittableRandom(7);
    for (SourceModel file : List.of(classifier(), segmenter())) {
      double most = file.folded().outputs().get(0).type().shape().rank() == 2 ? 224 : 640;
      for (int trial = 0; trial < 12; trial++) {
        int height = random.nextInt(100, 1200);
        int width = random.nextInt(100, 1200);
        Dataset images = new Pictures(i -> new Extent(height + i % 3 - 1, width + i % 5 - 2), 6);

        Extent size = extent(file, images);

        List<Shape> rows = List.of(Shape.of(3, size.height(), size.width()));
        assertThat(Cost.of(file.at(rows).open()).macs()).isBetween(1L, 6_000_000_000L);
        assertThat(size.height() % 32 + size.width() % 32).isZero();
        assertThat(pixels(size))
            .isBetween(0.4 * Math.min(most * most, height * width), 1.3 * most * most);
        assertThat(size.height() / (double) size.width())
            .isBetween(0.6 * height / width - 0.05, 1.7 * height / width + 0.05);
      }
    }
  }

  /** A job makes thousands of runs, and keeps what layers give of whole batches. */
  @Test
  void aRunStaysAffordable() {
    for (int kernel : new int[] {7, 1}) {
      Layers layers = new Layers("wide", 1, Dim.of(1), 3, 8);
      Feature conv = layers.conv(layers.conv(layers.input(), 128, 3, 1), 128, kernel, 1);
      SourceModel file = model(TinyInputs.open(layers.outputs(layers.conv(conv, 3, 3, 1))));

      OpenSize.Chosen size = chosen(file, alike(480, 640));

      List<Shape> rows = List.of(Shape.of(3, size.extent().height(), size.extent().width()));
      Graph bound = file.at(rows).open();
      assertThat(Cost.of(bound).macs()).isBetween(1_000_000_000L, 7_000_000_000L);
      assertThat(ShapeInference.leastElements(bound)).isBetween(1_000_000L, 45_000_000L);
      assertThat(size.why()).contains("affordable");
    }
  }

  @Test
  void whereOneSizeAloneFitsItIsFound() {
    for (int side : new int[] {224, 96, 36}) {
      OpenSize.Chosen found = chosen(model(flat(side, side)), alike(100, 120));
      assertThat(found.extent()).isEqualTo(Extent.square(side));
      assertThat(found.why()).contains("take none near");
    }
    assertThat(extent(model(flat(48, 192)), alike(48, 192))).isEqualTo(new Extent(48, 192));
  }

  @Test
  void aSizeThatNoneGuessesIsAskedFor() {
    SourceModel file = model(flat(48, 193));
    assertThat(OpenSize.of(file, alike(100, 120), USUAL)).isEmpty();
    assertThatThrownBy(
            () -> ModelInput.of(file, alike(100, 120), ImageOptions.DEFAULT, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("setting 'crop'");
  }

  @Test
  void aSideThatTheNetworkFixesStays() {
    Graph open = TinyInputs.open(TinyInputs.graph());
    Graph lines =
        open.edit()
            .inputs(
                open.inputs().stream()
                    .map(
                        input ->
                            new Value(
                                input.name(),
                                input.type().with(input.type().shape().with(2, Dim.of(48))),
                                input.doc()))
                    .toList())
            .build();

    assertThat(extent(model(lines), new Pictures(i -> new Extent(24 + i % 2, 160), 9)))
        .isEqualTo(new Extent(48, 320));
  }

  @Test
  void whatTheModelTellsOfItselfComesBeforeTheImages() {
    Graph open = TinyInputs.open(TinyInputs.graph());
    Metadata told = open.metadata().withProperties(Map.of("imgsz", "[320, 256]"));

    OpenSize.Chosen found = chosen(model(open.edit().metadata(told).build()), alike(40, 40));

    assertThat(found.extent()).isEqualTo(new Extent(320, 256));
    assertThat(found.why()).contains("imgsz");
  }

  @Test
  void damagedImagesAreLeftOutOfIt() {
    Dataset some = new Pictures(i -> i % 2 == 0 ? null : new Extent(40, 56), 20);
    Dataset none = new Pictures(i -> null, 20);

    assertThat(extent(classifier(), some)).isEqualTo(new Extent(40, 56));
    assertThat(extent(classifier(), none)).isEqualTo(Extent.square(224));
  }

  @Test
  void whatIsSaidOrFixedIsNotChosen() {
    PreprocessingOptions sized =
        new PreprocessingOptions(List.of(), List.of(), null, null, null, 48, Extent.NONE, null);

    assertThat(OpenSize.of(classifier(), alike(40, 40), USUAL.withCrop(16))).isEmpty();
    assertThat(OpenSize.of(classifier(), alike(40, 40), sized)).isEmpty();
    assertThat(OpenSize.of(model(TinyInputs.graph()), alike(40, 40), USUAL)).isEmpty();
  }

  /** In one line, and in what the job is recorded with. */
  @Test
  void whatWasChosenIsToldAndKept() {
    Heard heard = new Heard();

    ModelInput input = ModelInput.of(classifier(), alike(40, 56), ImageOptions.DEFAULT, heard);

    assertThat(heard.notes())
        .singleElement()
        .asString()
        .contains("56 x 40 pixels", "all 32 images", "setting 'crop'");
    assertThat(input.options().input().crop()).isEqualTo(new Extent(40, 56));
    assertThat(input.told().get("capstan.preprocessing")).contains("crop=56x40");
  }
}
