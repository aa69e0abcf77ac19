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

  /** Share of the divergence that a share of classes within its error is worth. */
  private static final double MUCH = 0.05;

  /** Standard errors beyond which a difference is no chance. */
  private static final double CLEARLY = 2;

  /** Copies the map, keeping its order. */
  public Agreement {
    outputErrors = Collections.unmodifiableMap(new LinkedHashMap<>(outputErrors));
  }

  /**
   * Whether this network is nearer to the original than another one, judged on the same images, by
   * which that one may have been chosen. The divergence decides: it has to fall by more than
   * round-off and by more than the standard error of the difference, image by image. Fewer that get
   * the original's class or their label's forbid it. Shares {@code p} of so few images are known to
   * their standard error {@code sqrt(p (1 - p) / images)} only: one may fall within it where the
   * divergence falls by {@link #MUCH}.
   *
   * @param images on which both were judged
   */
  public boolean isNearerThan(Agreement other, int images) {
    double fallen = other.divergence - divergence;
    double chance = Math.max(ROUND_OFF * other.divergence + NOTHING, errorBeside(other));
    boolean fallsMuch = fallen > MUCH * other.divergence;
    return fallen > chance && leastGain(other, images) >= (fallsMuch ? -1 : 0);
  }

  /**
   * Whether this network is farther from the original than another one by more than so few images
   * leave open: by {@value #CLEARLY} standard errors, of the divergences' difference image by image
   * or of a share. Where outputs are no classes, and images cannot be told apart, by anything.
   *
   * @param images on which both were judged
   */
  public boolean isClearlyFartherThan(Agreement other, int images) {
    if (choices == null || other.choices == null) {
      return !isNearerThan(other, images);
    }
    double risen = divergence - other.divergence;
    return !(risen <= CLEARLY * errorBeside(other)) || leastGain(other, images) < -CLEARLY;
  }

  /** Of the difference of the divergences; 0 where images cannot be told apart. */
  private double errorBeside(Agreement other) {
    return choices == null || other.choices == null ? 0 : choices.pairedError(other.choices);
  }

  /** By how many standard errors the share that does worse is higher. */
  private double leastGain(Agreement other, int images) {
    return Math.min(gain(top1, other.top1, images), gain(accuracy, other.accuracy, images));
  }

  /** By how many standard errors a share is higher; 0 where there is none. */
  private static double gain(@Nullable Double mine, @Nullable Double theirs, int images) {
    if (mine == null || theirs == null || mine.equals(theirs)) {
      return 0;
    }
    return (mine - theirs) / Math.sqrt(theirs * (100 - theirs) / Math.max(1, images));
  }

  /** Whether this network gets more labels right than another one, judged on the same images. */
  public boolean isMoreAccurateThan(Agreement other) {
    return accuracy != null && other.accuracy != null && accuracy > other.accuracy;
  }
}
