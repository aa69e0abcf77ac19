package dev.capstan.recipe;

import java.util.Locale;

/**
 * How the bases of a network are found. All go one path: a method is a choice of basis for each
 * space (METHOD section 2), and what follows (compression, refit, fine-tuning) is the same.
 */
public enum Method {
  /** Cascaded Projection: bases are learned (Minnehan and Savakis 2019). */
  CAP(true),
  /** The top eigenvectors of the uncentred second moments of the activations. */
  PCA(true),
  /** The channels whose filters have the largest L1 norm (Li et al. 2017). */
  L1(false),
  /** The channels whose filters are farthest from all others (FPGM, He et al. 2019). */
  FPGM(false),
  /** The channels that the loss depends on most, to first order (Molchanov et al. 2019). */
  TAYLOR(true),
  /** The channels of most energy, in the activations and in the weights that read them. */
  ACTIVATION(true),
  /** Channels drawn at random: what every other method must beat. */
  RANDOM(false);

  private final boolean seesImages;

  Method(boolean seesImages) {
    this.seesImages = seesImages;
  }

  /** Whether the choice depends on images, not on weights alone. */
  public boolean seesImages() {
    return seesImages;
  }

  /** The name in lower case, as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
