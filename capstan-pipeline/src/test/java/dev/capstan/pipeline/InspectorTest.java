package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Relu;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.ResidualPolicy;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Inspection;
import dev.capstan.report.Inspection.Layer;
import dev.capstan.report.Inspection.SpaceRow;
import dev.capstan.testing.Fixtures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model is made of. */
final class InspectorTest {
  @TempDir Path folder;

  private Path model(Graph graph) {
    return TinyInputs.written(graph, folder);
  }

  @Test
  void theCountsAreThoseOfTheNetworkForOneInput() {
    Graph graph = TinyInputs.graph();
    Cost cost = Cost.of(graph);

    Inspection found = Inspector.of(model(graph));

    assertThat(found.macs()).isEqualTo(cost.macs());
    assertThat(found.parameters()).isEqualTo(cost.parameters());
    assertThat(found.layers().stream().mapToLong(Layer::macs).sum()).isEqualTo(cost.macs());
    assertThat(found.layers().stream().mapToLong(Layer::parameters).sum())
        .isEqualTo(cost.parameters());
    assertThat(found.tail()).isNull();
  }

  @Test
  void theLayersAreTheNodesOfTheFile() {
    Graph graph = TinyInputs.graph();

    Inspection found = Inspector.of(model(graph));

    assertThat(found.layers())
        .extracting(Layer::name)
        .containsExactlyElementsOf(graph.nodes().stream().map(node -> node.name()).toList());
    assertThat(found.layers().get(0).input()).endsWith("x3x32x32]");
    assertThat(found.layers().get(0).output()).endsWith("x4x32x32]");
    assertThat(found.opset()).isEqualTo(graph.metadata().opset());
  }

  @Test
  void aFixedBatchCountsForOneInputToo() {
    assertThat(Inspector.of(model(TinyInputs.ofOneImage())).macs())
        .isEqualTo(Cost.of(TinyInputs.graph()).macs());
  }

  @Test
  void streamsAreKeptWhereTheUserSaysSo() {
    Path file = model(TinyInputs.graph());
    Inspection keep =
        Inspector.of(file, ImageOptions.DEFAULT, ResidualPolicy.KEEP, WorkListener.NONE);
    Inspection project =
        Inspector.of(file, ImageOptions.DEFAULT, ResidualPolicy.PROJECT, WorkListener.NONE);

    assertThat(keep.spaces())
        .filteredOn(SpaceRow::stream)
        .isNotEmpty()
        .noneMatch(space -> space.freedom().equals("free"));
    assertThat(project.spaces())
        .filteredOn(SpaceRow::stream)
        .isNotEmpty()
        .allMatch(space -> space.freedom().equals("free"));
    assertThat(Inspector.of(file).residual()).isEqualTo(ResidualPolicy.AUTO);
    assertThat(Inspector.of(file).spaces()).isEqualTo(project.spaces());
  }

  @Test
  void aNetworkForAnySizeIsCountedForTheOneAsked() {
    Path file = Fixtures.file("unet-dynamic-script-17");

    long small = macs(file, 16);

    assertThat(small).isPositive();
    assertThat(macs(file, 32)).isEqualTo(4 * small);
  }

  /** As a job does; of a size that was said nothing else is to be told. */
  @Test
  void whereSizesAreOpenOneIsChosenAndTold() {
    Path file = Fixtures.file("unet-dynamic-script-17");
    Heard heard = new Heard();

    Inspection found = Inspector.of(file, ImageOptions.DEFAULT, ResidualPolicy.KEEP, heard);

    assertThat(found.layers().get(0).input()).endsWith("x224x224]");
    assertThat(found.macs()).isEqualTo(macs(file, 224));
    assertThat(heard.notes())
        .singleElement()
        .asString()
        .contains("224 x 224 pixels (a usual one that its layers take)", "setting 'crop'");
  }

  @Test
  void numbersOfOtherChannelsAreRefused() {
    PreprocessingOptions usual = PreprocessingOptions.DEFAULT;
    PreprocessingOptions two =
        new PreprocessingOptions(
            List.of(0.5, 0.5),
            List.of(),
            usual.channels(),
            usual.range(),
            usual.resize(),
            usual.size(),
            usual.crop(),
            null);
    ImageOptions options = new ImageOptions(two, null, null);
    Path file = Fixtures.file("detector-script-11");

    assertThatThrownBy(() -> Inspector.of(file, options, ResidualPolicy.AUTO, WorkListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has 3 channels, setting 'mean' and setting 'std' give 2 numbers");
  }

  @Test
  void aNetworkThatSeesNoPicturesMustFixItsSizes() {
    assertThat(Inspector.of(model(sound(16000))).layers()).hasSize(1);
    assertThatThrownBy(() -> Inspector.of(model(sound(-1))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("input 'wave' of shape [?x1x?] leaves its size open");
  }

  private static Graph sound(long length) {
    TensorType wave = new TensorType(DataType.FLOAT32, Shape.of(-1, 1, length));
    return Graph.builder("sound")
        .input("wave", wave)
        .node(new Relu(), "relu", "wave")
        .output("relu", wave)
        .build();
  }

  private static long macs(Path file, int crop) {
    ImageOptions images = new ImageOptions(PreprocessingOptions.DEFAULT.withCrop(crop), null, null);
    return Inspector.of(file, images, ResidualPolicy.KEEP, WorkListener.NONE).macs();
  }

  @Test
  void aPartThatIsCarriedOverIsTold() {
    Inspection found = Inspector.of(Fixtures.file("detector-script-11"));

    assertThat(found.tail()).isNotNull();
    assertThat(found.tail().reads()).isNotEmpty();
    assertThat(found.tail().refusal()).isNull();
  }
}
