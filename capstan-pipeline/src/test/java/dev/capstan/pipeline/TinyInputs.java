package dev.capstan.pipeline;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.RankSettings;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.RankOptions;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A network of few channels and random weights, and drawn images for it, in a folder. */
public final class TinyInputs {
  /** Any rank, for there are few channels. */
  public static final RankSettings RANKS =
      RankSettings.DEFAULT.with(new RankOptions(new RankGrid(1, 1), List.of(), List.of()));

  private TinyInputs() {}

  /** The network. */
  public static Graph graph() {
    return Zoo.randomCifarResNet(1, List.of(4, 8), 10, 1);
  }

  /** The same for one image a run. */
  public static Graph ofOneImage() {
    return with(graph(), TinyInputs::single);
  }

  /** The same network for images of any size. */
  public static Graph open(Graph graph) {
    return with(graph, TinyInputs::ofAnySize);
  }

  private static Graph with(Graph graph, UnaryOperator<Value> ends) {
    return graph
        .edit()
        .inputs(graph.inputs().stream().map(ends).toList())
        .outputs(graph.outputs().stream().map(ends).toList())
        .build();
  }

  private static Value ofAnySize(Value value) {
    Shape shape = value.type().shape();
    Shape any =
        shape.rank() < 4 ? shape : shape.with(2, Dim.open("height")).with(3, Dim.open("width"));
    return new Value(value.name(), value.type().with(any), value.doc());
  }

  private static Value single(Value value) {
    return new Value(
        value.name(), value.type().with(value.type().shape().with(0, Dim.of(1))), value.doc());
  }

  /** A network as the file {@code model.onnx}. */
  public static Path written(Graph graph, Path folder) {
    Path file = folder.resolve("model.onnx");
    OnnxWriter.write(graph, file);
    return file;
  }

  /** So many images in folders of their classes. */
  public static Path images(Path folder, long seed, int count) {
    PngFolder.write(new ShapeImages(seed, count), new ImageIoDecoder(), folder);
    return folder;
  }

  /** The same without labels. */
  public static Path unlabelled(Path folder, long seed, int count) throws IOException {
    Path classes = images(folder.resolveSibling(folder.getFileName() + ".classes"), seed, count);
    Files.createDirectory(folder);
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.move(file, folder.resolve(file.getFileName()));
      }
    }
    return folder;
  }

  /** A model for pictures. */
  public static ModelInput opened(Path model, ImageOptions options, WorkListener listener) {
    return ModelInput.of(
        SourceModel.read(model, options), new ShapeImages(1, 10), options, listener);
  }

  /** A model and images, in single precision on one thread. */
  public static Inputs of(Path model, Path images) {
    return Inputs.of(model, images).with(Compute.fp32(1));
  }

  /** What lies in a folder. */
  public static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
