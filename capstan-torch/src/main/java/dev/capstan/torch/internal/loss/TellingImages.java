package dev.capstan.torch.internal.loss;

import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.OutputLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Images that tell most of a detector: those in which it finds most. In most photos it finds
 * nothing, and of a few drawn at random hardly one would tell what a compressed network misses.
 */
public final class TellingImages {
  /** A few photos of crowds are not all that there is to learn. */
  private static final int OFTENEST = 8;

  private final ComparedOutputs compared;
  private final List<Seen> seen = new ArrayList<>();

  /**
   * What is found in an image.
   *
   * @param index where it stands in its set
   */
  private record Seen(int index, double found) {
    int times(double mean) {
      return mean > 0 ? (int) Math.min(OFTENEST, 1 + Math.round(found / mean)) : 1;
    }
  }

  private TellingImages(Graph graph) {
    this.compared = new ComparedOutputs(graph);
  }

  /** Whether there are scores that would tell. */
  public static boolean tell(Graph graph) {
    return new ComparedOutputs(graph).hasScores();
  }

  /**
   * Those of some images in which most is found.
   *
   * @param images at least so many; all are run
   */
  public static ImageSubset of(Graph graph, ImageSubset images, int count, Execution execution) {
    int[] most =
        seen(graph, images, execution).stream()
            .sorted(Comparator.comparingDouble(Seen::found).reversed())
            .limit(count)
            .mapToInt(Seen::index)
            .toArray();
    return ImageSubset.of(images.store(), most);
  }

  /**
   * Images to draw views from: those of a detector in which it finds much come more than once, so
   * that what is found weighs as much as what is not. An image comes {@code 1 + round(f / m)}
   * times, at most {@value #OFTENEST}, f being what is found in it and m the mean of that.
   *
   * @param images of which as many as there will be views are run
   * @return the images themselves where there are no scores
   */
  public static ImageSubset oftener(
      Graph graph, ImageSubset images, long views, Execution execution) {
    if (!tell(graph)) {
      return images;
    }
    List<Seen> seen = seen(graph, pool(images, views), execution);
    double mean = seen.stream().mapToDouble(Seen::found).average().orElse(0);
    int[] drawn =
        seen.stream()
            .flatMapToInt(one -> IntStream.generate(one::index).limit(one.times(mean)))
            .toArray();
    return ImageSubset.of(images.store(), drawn);
  }

  private static ImageSubset pool(ImageSubset images, long views) {
    return views < images.size() ? images.sample((int) views, 0) : images;
  }

  private static List<Seen> seen(Graph graph, ImageSubset images, Execution execution) {
    TellingImages telling = new TellingImages(graph);
    OutputLoop.run(graph, images, execution, telling::add);
    return telling.seen;
  }

  private void add(List<Tensor> outputs, Batch batch) {
    double[] found = compared.found(outputs, batch.size());
    for (int i = 0; i < found.length; i++) {
      seen.add(new Seen(batch.indices()[i], found[i]));
    }
  }
}
