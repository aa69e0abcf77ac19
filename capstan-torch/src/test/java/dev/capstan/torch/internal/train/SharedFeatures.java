package dev.capstan.torch.internal.train;

import static java.util.Objects.requireNonNull;

import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;

/** What features are solved from, in numbers. */
public final class SharedFeatures {
  private SharedFeatures() {}

  /** Images, equations, energy, and the error of some solution, which every sum has a part in. */
  public static double[] figures(
      Graph student, Graph teacher, ImageSubset images, int batch, Summation summation) {
    Execution execution = summation.execution();
    FeatureMap map = requireNonNull(FeatureMap.last(student, teacher));
    int rows = Math.toIntExact(map.channels() + 1);
    int columns = Math.toIntExact(map.targetChannels());
    double[] theta = new SplittableRandom(1).doubles((long) rows * columns).toArray();
    try (PointerScope scope = new PointerScope();
        FeatureSums sums =
            new FeatureSums(map, student, new Teacher(teacher, execution), execution)) {
      summation.over(FeatureSums.WORK, images, batch, sums);
      return new double[] {
        sums.images(),
        sums.equations().rows(),
        sums.equations().squares(),
        sums.equations().error(Tensors.of(theta, rows, columns))
      };
    }
  }
}
