package dev.capstan.recipe;

/**
 * What a {@link Criterion} may know of the channels of a space. Arrays are the caller's own, index
 * c is the channel.
 */
public interface ChannelStatistics {
  /** The name of the space. */
  String space();

  /** The number of channels, n. */
  int width();

  /**
   * The filter of each channel, n rows: all weights that write it, of all producers of the space
   * and of depthwise convolutions over it, one after the other, as they were before BatchNorm was
   * folded; biases left out.
   */
  double[][] filters();

  /**
   * Energy of each channel where consumers read it: {@code E sum_places x_c^2}, the mean over
   * images.
   */
  double[] activationEnergies();

  /** Energy of the weights that read each channel: {@code sum w^2} over all consumers. */
  double[] readerEnergies();

  /**
   * How much the loss depends on each channel, to first order: {@code sum_images (dL/dz_c)^2}, with
   * a gate z_c = 1 on the channel. L is the cross-entropy with the labels, without any that with
   * the class that the network finds most probable, or half the squared norm of outputs that are no
   * classes.
   */
  double[] lossSensitivities();

  /**
   * A number in [0, 1) for each channel, drawn by the seed of the run: what other spaces are
   * compressed changes nothing.
   */
  double[] draws();
}
