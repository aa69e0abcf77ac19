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
   * Whether this network is nearer to the original than another one, judged on the same images. The
   * divergence decides, by more than round-off, unless fewer get the original's class or their
   * label's. Shares {@code p} of so few images are known to their standard error {@code sqrt(p (1 -
   * p) / images)} only: one that falls within it is worth a divergence that falls by {@link #MUCH},
   * one that rises by more a divergence that rises by less.
   *
   * <p>Where divergences lie within the standard error of their difference, either is enough: one
   * that falls, or a share that rises. What is asked about comes after the other one, which may
   * have been chosen by these very images.
   *
   * @param images on which both were judged
   */
  public boolean isNearerThan(Agreement other, int images) {
    double ofTop1 = gain(top1, other.top1, images);
    double ofAccuracy = gain(accuracy, other.accuracy, images);
    double least = Math.min(ofTop1, ofAccuracy);
    double most = Math.max(ofTop1, ofAccuracy);
    boolean tie = isWithinErrorOf(other);
    if (divergence < (1 - ROUND_OFF) * other.divergence - NOTHING) {
      boolean fallsMuch = divergence < (1 - MUCH) * other.divergence;
      return least >= (fallsMuch || tie ? -1 : 0);
    }
    boolean risesLittle = divergence < (1 + MUCH) * other.divergence;
    return least >= 0 && (risesLittle && most > 1 || tie && most > 0);
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
    double fallen =
        Math.min(gain(top1, other.top1, images), gain(accuracy, other.accuracy, images));
    return !(risen <= CLEARLY * choices.pairedError(other.choices)) || fallen < -CLEARLY;
  }

  private boolean isWithinErrorOf(Agreement other) {
    return choices != null
        && other.choices != null
        && Math.abs(divergence - other.divergence) < choices.pairedError(other.choices);
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
