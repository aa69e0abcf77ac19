package dev.capstan.torch;

import dev.capstan.recipe.stage.Choices;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How near a network is to its original, told on images.
 *
 * @param top1 share of images for which both give the same class the largest output, in percent;
 *     null for outputs that are no classes
 * @param divergence mean divergence of the outputs from the original's, in nats; their relative
 *     squared error where they are no classes
 * @param accuracy share of images for which the network gives the class of their label the largest
 *     output, in percent; null without labels, and for outputs that are no classes
 * @param outputErrors error of each output, by its name: {@link dev.capstan.distance.OutputError}
 * @param choices which class each image got; null for outputs that are no classes
 */
public record Agreement(
    @Nullable Double top1,
    double divergence,
    @Nullable Double accuracy,
    Map<String, Double> outputErrors,
    @Nullable Choices choices) {
  /** Share of the divergence that is no more than round-off. */
  private static final double ROUND_OFF = 1e-3;

  /** A divergence that is no more than that, of networks that hardly differ. */
  private static final double NOTHING = 1e-6;

  /** Share of the divergence that a lower share of classes within its error is worth. */
  private static final double MUCH = 0.05;

  /** Copies the map, keeping its order. */
  public Agreement {
    outputErrors = Collections.unmodifiableMap(new LinkedHashMap<>(outputErrors));
  }

  /**
   * Whether this network is nearer to the original than another one, judged on the same images: by
   * its divergence, by more than round-off, and without getting fewer classes right, or as the
   * original has them.
   */
  public boolean isNearerThan(Agreement other) {
    return divergence < (1 - ROUND_OFF) * other.divergence - NOTHING
        && isNoLess(top1, other.top1)
        && isNoLess(accuracy, other.accuracy);
  }

  /**
   * The same of a network that was trained for a low divergence: whether it is nearer where shares
   * of so few images are known to their standard error {@code sqrt(p (1 - p) / images)} only. A
   * share that falls, by however little, is worth it only where the divergence falls by {@link
   * #MUCH}.
   *
   * @param images on which both were judged
   */
  public boolean isNearerThan(Agreement other, int images) {
    return isNearerThan(
        divergence < (1 - MUCH) * other.divergence
            ? new Agreement(
                lessError(other.top1, images),
                other.divergence,
                lessError(other.accuracy, images),
                other.outputErrors,
                other.choices)
            : other);
  }

  private static @Nullable Double lessError(@Nullable Double percent, int images) {
    return percent == null
        ? null
        : percent - Math.sqrt(percent * (100 - percent) / Math.max(1, images));
  }

  /** Whether this network gets more labels right than another one, judged on the same images. */
  public boolean isMoreAccurateThan(Agreement other) {
    return accuracy != null && other.accuracy != null && accuracy > other.accuracy;
  }

  private static boolean isNoLess(@Nullable Double mine, @Nullable Double theirs) {
    return mine == null || theirs == null || mine >= theirs;
  }
}
