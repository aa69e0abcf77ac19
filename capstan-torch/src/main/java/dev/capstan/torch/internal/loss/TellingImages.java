package dev.capstan.torch.internal.loss;

import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.OutputLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Images that tell most of a detector: those in which it finds most. In most photos it finds
 * nothing, and of a few drawn at random hardly one would tell what a compressed network misses.
 */
public final class TellingImages {
  private final ComparedOutputs compared;
  private final List<Seen> seen = new ArrayList<>();

  /**
   * What is found in an image.
   *
   * @param index where it stands in its set
   */
  private record Seen(int index, double found) {}

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
    TellingImages telling = new TellingImages(graph);
    OutputLoop.run(graph, images, execution, telling::add);
    int[] most =
        telling.seen.stream()
            .sorted(Comparator.comparingDouble(Seen::found).reversed())
            .limit(count)
            .mapToInt(Seen::index)
            .toArray();
    return ImageSubset.of(images.store(), most);
  }

  private void add(List<Tensor> outputs, Batch batch) {
    double[] found = compared.found(outputs, batch.size());
    for (int i = 0; i < found.length; i++) {
      seen.add(new Seen(batch.indices()[i], found[i]));
    }
  }
}
