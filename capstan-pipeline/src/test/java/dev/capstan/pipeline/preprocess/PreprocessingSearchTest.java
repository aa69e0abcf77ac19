package dev.capstan.pipeline.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.DatasetView;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Window;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import dev.capstan.image.RgbImage;
import dev.capstan.job.Inputs;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.job.PreprocessingOptions.ResizeMode;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.demo.Demo;
import dev.capstan.pipeline.preprocess.PreprocessingSearch.Found;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's network, made to take images in six ways, 50 images each: no wrong answer is sure. */
final class PreprocessingSearchTest {
  private static final int PHOTOS = 50;

  @TempDir static Path folder;
  private static Path labelled;
  private static Path flat;
  private static Graph demo;

  @BeforeAll
  static void write() throws IOException {
    labelled = folder.resolve("labelled");
    PngFolder.write(new ShapeImages(5, PHOTOS), new ImageIoDecoder(), labelled);
    flat = Files.createDirectory(folder.resolve("flat"));
    try (Stream<Path> files = Files.walk(labelled)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, flat.resolve(file.getFileName()));
      }
    }
    Path model = folder.resolve("demo.onnx");
    try (InputStream stream = Demo.class.getResourceAsStream("demo.onnx")) {
      Files.copy(stream, model);
    }
    demo = OnnxReader.read(model);
  }

  private static List<Convention> six() {
    return Convention.all(3).stream()
        .filter(
            convention ->
                List.of("imagenet", "imagenet bgr", "imagenet-tf", "caffe", "unit", "byte")
                    .contains(convention.name()))
        .toList();
  }

  /**
   * The same network for another input: a 1x1 convolution turns that into what it was trained on.
   */
  private static Path taking(Convention convention) {
    PreprocessingOptions from = convention.options();
    PreprocessingOptions to = Preset.IMAGENET.options();
    float[] kernel = new float[9];
    float[] bias = new float[3];
    double range = from.range() == Range.ZERO_TO_255 ? 1 / 255.0 : 1;
    for (int c = 0; c < 3; c++) {
      int source = from.channels() == ChannelOrder.BGR ? 2 - c : c;
      double std = to.std().get(c);
      kernel[3 * c + source] = (float) (from.std().get(source) * range / std);
      bias[c] = (float) ((from.mean().get(source) * range - to.mean().get(c)) / std);
    }
    Value input = demo.inputs().get(0);
    List<Node> nodes = new ArrayList<>();
    nodes.add(
        new Node(
            "prepare",
            new Conv(Window.square(1, 1, 0), 1),
            List.of("pixels", "prepare.kernel", "prepare.bias"),
            List.of(input.name())));
    nodes.addAll(demo.nodes());
    Graph graph =
        demo.edit()
            .inputs(List.of(new Value("pixels", input.type())))
            .nodes(nodes)
            .constant("prepare.kernel", Constant.of(kernel, 3, 3, 1, 1))
            .constant("prepare.bias", Constant.of(bias, 3))
            .build();
    Path file = folder.resolve(convention.name().replace(' ', '-') + ".onnx");
    OnnxWriter.write(graph, file);
    return file;
  }

  private static Found search(Path model, Path images) {
    Inputs inputs = Inputs.of(model, images).with(Compute.fp32(1));
    return PreprocessingSearch.run(inputs, PHOTOS, WorkListener.NONE);
  }

  /** Of the order of colours shapes say little: where it is not told, it is said not to be. */
  private static void assertNotWrong(Found found, Convention convention) {
    String right = found.orderTold() ? convention.name() : convention.preset().word();
    assertThat(found.chosen())
        .as("%s by %s: %s", convention.name(), found.by(), found.tried())
        .isIn(null, right);
    assertThat(found.images()).isEqualTo(PHOTOS);
  }

  @Test
  void theStatisticsOfTrainingTell() {
    int sure = 0;
    for (Convention convention : six()) {
      Found found = search(taking(convention), flat);
      assertNotWrong(found, convention);
      sure += found.chosen() == null ? 0 : 1;
    }
    assertThat(sure).isGreaterThanOrEqualTo(4);
  }

  @Test
  void labelsTell() {
    for (Convention convention : List.of(six().get(0), six().get(5))) {
      Found found = search(taking(convention), labelled);
      assertNotWrong(found, convention);
      assertThat(found.chosen()).as("%s", found.tried()).isNotNull();
    }
  }

  /** Shapes that were drawn twice as wide are right again only where both sides are scaled. */
  @Test
  void labelsTellHowImagesAreResized() {
    ShapeImages drawn = new ShapeImages(5, 2 * PHOTOS);
    Path wide = folder.resolve("wide");
    PngFolder.write(new Wide(drawn), new ImageIoDecoder(), wide);
    ResizeSearch.Chosen found = resized(wide);
    assertThat(found.options().resize()).as(found.toString()).isEqualTo(ResizeMode.EXACT);
    assertThat(found.words()).contains("shorter ", "letterbox ", "%: exact");
    // Images of the network's own size are the same each way.
    ResizeSearch.Chosen square = resized(labelled);
    assertThat(square.words()).isEmpty();
    assertThat(square.options().resize()).isNull();
  }

  private static ResizeSearch.Chosen resized(Path images) {
    Inputs inputs = Inputs.of(folder.resolve("demo.onnx"), images).with(Compute.fp32(1));
    return new ResizeSearch(
            inputs, Datasets.open(images, Split.TEST), 2 * PHOTOS, WorkListener.NONE)
        .run();
  }

  private record Wide(ShapeImages whole) implements DatasetView {
    @Override
    public RgbImage image(int index, ImageDecoder decoder) {
      byte[] pixels = whole.image(index, decoder).pixels();
      byte[] wide = new byte[2 * pixels.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = pixels[i / 6 * 3 + i % 3];
      }
      return new RgbImage(64, 32, wide);
    }
  }

  /** What another number of images could tell is said to hang on that. */
  @Test
  void ofFewImagesItIsSaidThatMoreMayTell() {
    Inputs inputs = Inputs.of(taking(six().get(2)), flat).with(Compute.fp32(1));

    Found found = PreprocessingSearch.run(inputs, 3, WorkListener.NONE);

    assertThat(found.chosen()).as("%s", found.tried()).isNull();
    assertThat(found.why()).contains("too near", "more images may tell (setting 'images')");
    Found all = PreprocessingSearch.run(inputs, PHOTOS, WorkListener.NONE);
    assertThat(all.chosen()).as(all.why()).isNotNull();
  }

  @Test
  void aNetworkForAnySizeIsShownImagesOfTheirs() {
    Path model = folder.resolve("open.onnx");
    OnnxWriter.write(TinyInputs.open(TinyInputs.graph()), model);

    assertThat(search(model, flat).options().crop()).isEqualTo(Extent.square(32));
  }

  /** A network that was never trained knows no way. */
  @Test
  void ofRandomWeightsNothingIsTold() {
    Path model = folder.resolve("random.onnx");
    OnnxWriter.write(Zoo.randomCifarResNet(1, List.of(4, 8), 10, 1), model);

    Found found = search(model, labelled);

    assertThat(found.chosen()).isNull();
    assertThat(found.options()).isEqualTo(PreprocessingOptions.DEFAULT);
    assertThat(found.why()).isNotEmpty();
  }
}
