package dev.capstan.image;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.util.List;

/**
 * How an image becomes a network's input: resize, crop the center, then (v - mean) / std for each
 * channel.
 *
 * <p>An image of just the crop's extent is not resized: small sets that were prepared for a network
 * pass untouched.
 *
 * @param channelOrder order in which the network takes the channels
 * @param range range of v before mean and std apply
 * @param mean one number a channel, in the network's order; a single number means a gray network,
 *     which is given the luma (ITU-R 601), a fourth one that it is given alpha behind the colours
 * @param std the same for the standard deviation
 * @param resize how the image is scaled first
 * @param height extent of the crop, in pixels: the network's input
 * @param width the same across
 * @param layout order of the network's input axes
 */
public record Preprocessing(
    ChannelOrder channelOrder,
    Range range,
    List<Double> mean,
    List<Double> std,
    Resize resize,
    int height,
    int width,
    AxisOrder layout) {

  /** Order of the channels. */
  public enum ChannelOrder {
    /** Red first. */
    RGB,
    /** Blue first. */
    BGR
  }

  /** Range of the values before normalisation. */
  public enum Range {
    /** From 0 to 1. */
    ZERO_TO_ONE,
    /** From 0 to 255. */
    ZERO_TO_255;

    /** The largest value a pixel has. */
    public double largest() {
      return this == ZERO_TO_ONE ? 1 : 255;
    }
  }

  /** Order of the input's axes. */
  public enum AxisOrder {
    /** Batch, channel, height, width. */
    NCHW,
    /** Batch, height, width, channel. */
    NHWC
  }

  /** Checks that the numbers fit together. */
  public Preprocessing {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != std.size() || (mean.size() != 1 && mean.size() != 3 && mean.size() != 4)) {
      throw new InvalidInputException(
          "%d means and %d standard deviations: give 3 of each, 1 of each for a gray network, or 4 of each for one that takes alpha too"
              .formatted(mean.size(), std.size()));
    }
    if (!mean.stream().allMatch(Double::isFinite)) {
      throw new InvalidInputException("means " + mean + ": give finite numbers");
    }
    if (!std.stream().allMatch(s -> s > 0 && Double.isFinite(s))) {
      throw new InvalidInputException("standard deviations " + std + ": give positive numbers");
    }
    if (height < 1 || width < 1) {
      throw new InvalidInputException(
          "crop of " + height + "x" + width + " pixels: give positive numbers");
    }
  }

  /** What most networks trained on ImageNet expect, without a resize. */
  public static Preprocessing imageNet(int height, int width) {
    return new Preprocessing(
        ChannelOrder.RGB,
        Range.ZERO_TO_ONE,
        List.of(0.485, 0.456, 0.406),
        List.of(0.229, 0.224, 0.225),
        Resize.NONE,
        height,
        width,
        AxisOrder.NCHW);
  }

  /** The same with other statistics. */
  public Preprocessing withStatistics(List<Double> newMean, List<Double> newStd) {
    return new Preprocessing(channelOrder, range, newMean, newStd, resize, height, width, layout);
  }

  /** The same with another resize. */
  public Preprocessing withResize(Resize other) {
    return new Preprocessing(channelOrder, range, mean, std, other, height, width, layout);
  }

  /** The same with another layout. */
  public Preprocessing withLayout(AxisOrder other) {
    return new Preprocessing(channelOrder, range, mean, std, resize, height, width, other);
  }

  /** The same with other channels and another range. */
  public Preprocessing withChannels(ChannelOrder order, Range newRange) {
    return new Preprocessing(order, newRange, mean, std, resize, height, width, layout);
  }

  /** The number of channels that the network takes. */
  public int channels() {
    return mean.size();
  }

  /** The number of values that one image becomes. */
  public int elements() {
    return Math.multiplyExact(channels(), Math.multiplyExact(height, width));
  }

  /** The extents of a batch of this many images, in the order of {@link #layout}. */
  public long[] shape(int images) {
    return layout == AxisOrder.NCHW
        ? new long[] {images, channels(), height, width}
        : new long[] {images, height, width, channels()};
  }

  /**
   * The part of an image that the network sees: of what is scaled no more than that is computed,
   * antialiased bilinear as Pillow and torchvision do it.
   *
   * @throws InvalidInputException if the image, resized, is smaller than the crop
   * @throws IOException if its proportions make it take too much memory
   */
  public RgbImage fit(RgbImage image) throws IOException {
    return part(image.withAlpha(channels() == 4));
  }

  private RgbImage part(RgbImage image) throws IOException {
    if (image.height() == height && image.width() == width) {
      return image;
    }
    if (resize.mode() == Resize.Mode.LETTERBOX) {
      return withResize(Resize.NONE).part(letterbox(image));
    }
    Resize.Extent scaled = resize.of(image);
    if (scaled.height() < height || scaled.width() < width) {
      throw new InvalidInputException(
          "image of %dx%d pixels is smaller than the crop of %dx%d: give a larger setting 'size' or a smaller setting 'crop'"
              .formatted(scaled.height(), scaled.width(), height, width));
    }
    long top = middle(scaled.height() - height);
    long left = middle(scaled.width() - width);
    return scaled.height() == image.height() && scaled.width() == image.width()
        ? image.crop((int) top, (int) left, height, width)
        : Resampling.bilinear(
            image,
            new Resampling.Part(scaled.height(), top, height),
            new Resampling.Part(scaled.width(), left, width));
  }

  /** All of the image, scaled, in the middle of the border. */
  private RgbImage letterbox(RgbImage image) throws IOException {
    Resize.Extent inner = resize.of(image);
    RgbImage scaled =
        Resampling.bilinear(
            image,
            Resampling.Part.all((int) inner.height()),
            Resampling.Part.all((int) inner.width()));
    return scaled.framed(resize.height(), resize.width(), (byte) resize.border());
  }

  /** Half, rounded to even as torchvision's CenterCrop does. */
  private static long middle(long rest) {
    return (long) Math.rint(rest / 2.0);
  }
}
