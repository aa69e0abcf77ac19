package dev.capstan.torch.internal.loss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.recipe.Compute;
import dev.capstan.testing.Detector;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.zoo.Zoo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in which a detector finds something, among those in which it does not. */
final class TellingImagesTest {
  private static final int IMAGES = 40;
  private static final Execution EXECUTION = Execution.of(Compute.fp32(1));

  @TempDir Path folder;

  private final ImageSubset images =
      ImageSubset.all(
          new ImageStore(
              new ShapeImages(5, IMAGES), new ImageIoDecoder(), Preprocessing.imageNet(16, 16)));

  /** One that is sure of what it says: some images have much of it. */
  private Graph detector() {
    Graph graph = OnnxReader.readPart(Detector.whole().write(folder.resolve("model.onnx")));
    float[] scores = graph.constants().get("ws").floats();
    for (int i = 0; i < scores.length; i++) {
      scores[i] *= 30;
    }
    return graph.edit().constant("ws", Constant.of(scores, 3, 16, 1, 1)).build();
  }

  private static Map<Integer, Long> times(ImageSubset drawn) {
    return Arrays.stream(drawn.indices())
        .boxed()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  /** All come, and none less often than one in which less is found. */
  @Test
  void whereMoreIsFoundIsDrawnOftener() {
    Graph graph = detector();
    Map<Integer, Long> times = times(TellingImages.oftener(graph, images, 10L * IMAGES, EXECUTION));
    int[] mostFirst = TellingImages.of(graph, images, IMAGES, EXECUTION).indices();

    assertThat(times).containsOnlyKeys(Arrays.stream(images.indices()).boxed().toList());
    List<Long> inOrder = Arrays.stream(mostFirst).mapToObj(times::get).toList();
    assertThat(inOrder).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    assertThat(inOrder).allMatch(count -> count >= 1 && count <= 8);
    assertThat(inOrder.get(0)).isGreaterThan(inOrder.get(IMAGES - 1));
  }

  /** Of many images no more are asked than there will be views. */
  @Test
  void fewViewsAskFewImages() {
    assertThat(times(TellingImages.oftener(detector(), images, 10, EXECUTION))).hasSize(10);
  }

  @Test
  void whatFindsNothingDrawsAllAlike() {
    Graph classifier = Zoo.randomCifarResNet(1, List.of(8, 16), 10, 3);

    assertThat(TellingImages.oftener(classifier, images, 80, EXECUTION)).isSameAs(images);
  }
}
