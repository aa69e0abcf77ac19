package dev.capstan.recipe;

/**
 * A pruning criterion: it scores the channels of a space, and those of the largest scores are kept;
 * of two of equal score the one of lower index.
 *
 * <p>A service: a class with a public constructor without arguments, named in the file {@code
 * META-INF/services/dev.capstan.recipe.Criterion} of its jar, or provided by its module. A
 * criterion found on the class path can be chosen like the project's own.
 */
public interface Criterion {
  /** What users call it: lower-case letters, digits and hyphens. */
  String name();

  /** Whether it looks at images: those statistics that are not of weights alone. */
  boolean seesImages();

  /**
   * Scores the channels of a space, one number a channel. Asked for each compressed space, in the
   * order of the network, on one thread.
   *
   * @param channels what can be known of them; what is not asked for is not computed
   */
  double[] scores(ChannelStatistics channels);
}
