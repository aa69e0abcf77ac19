package dev.capstan.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.capstan.error.InvalidInputException;
import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.image.Preprocessing.ChannelOrder;
import dev.capstan.image.Preprocessing.Range;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How images become the network's input, as far as the user says. What is left open follows from
 * what the model's metadata tell of images, if it is a result that tells it, and from the network's
 * input shape.
 *
 * @param mean one number a channel; empty for ImageNet's: of a gray network their average, and
 *     alpha in 0..1 as it is
 * @param std the same for the standard deviation
 * @param channels order in which the network takes the channels, null for red first
 * @param range range of the values before mean and std apply, null for 0..1
 * @param resize what happens to images that are not of the crop's size, null for SHORTER
 * @param size side after the resize, in pixels; 0 means the crop for EXACT and LETTERBOX, and to
 *     cover the crop / 0.875 for SHORTER, as networks for ImageNet are judged
 * @param crop extent that the network sees; NONE means the network's own input, and where that
 *     leaves it open the size, or one near that of the images
 * @param layout order of the input's axes, null to tell from the network's input shape
 */
public record PreprocessingOptions(
    List<Double> mean,
    List<Double> std,
    @Nullable ChannelOrder channels,
    @Nullable Range range,
    @Nullable ResizeMode resize,
    int size,
    Extent crop,
    @Nullable AxisOrder layout) {

  /** What happens to images that are not of the crop's size. */
  public enum ResizeMode {
    /** The shorter side is scaled to {@code size}, then the center is cropped. */
    SHORTER,
    /** The image is scaled to {@code size} x {@code size}, then the center is cropped. */
    EXACT,
    /** The center is cropped. */
    NONE,
    /** The image is scaled until it fits, gray (114) fills the rest, as detectors are fed. */
    LETTERBOX,
    /** The same with black. */
    LETTERBOX_BLACK;

    /** As settings spell it: {@code letterbox-black}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * An extent in pixels.
   *
   * @param height 0 where it is not given
   * @param width the same across
   */
  public record Extent(int height, int width) {
    /** None that is given. */
    public static final Extent NONE = new Extent(0, 0);

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    public Extent {}

    /** A square; none of side 0. Records of versions that knew no others hold the side alone. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Extent square(int side) {
      return new Extent(side, side);
    }

    /**
     * What {@link #toString} gives: width x height; blanks do not matter.
     *
     * @throws NumberFormatException if it is something else
     */
    public static Extent of(String text) {
      int by = text.indexOf('x');
      if (by < 0) {
        throw new NumberFormatException(text);
      }
      return new Extent(side(text.substring(by + 1)), side(text.substring(0, by)));
    }

    private static int side(String text) {
      return Integer.parseInt(text.strip());
    }

    /** Whether it is given. */
    public boolean isGiven() {
      return height > 0;
    }

    @Override
    public String toString() {
      return width + "x" + height;
    }
  }

  /** ImageNet's statistics, RGB, everything else as the network's input says. */
  public static final PreprocessingOptions DEFAULT =
      new PreprocessingOptions(List.of(), List.of(), null, null, null, 0, Extent.NONE, null);

  /** Copies the lists. */
  public PreprocessingOptions {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (resize == ResizeMode.NONE && size > 0) {
      throw new InvalidInputException(
          "size %d says nothing without a resize: leave one of them out".formatted(size));
    }
  }

  /** The same where the network sees a square of another size. */
  public PreprocessingOptions withCrop(int side) {
    return withCrop(Extent.square(side));
  }

  /** The same where the network sees another extent. */
  public PreprocessingOptions withCrop(Extent other) {
    return new PreprocessingOptions(mean, std, channels, range, resize, size, other, layout);
  }

  /** Whether something is said of the values that pixels become. */
  public boolean tellValues() {
    return !mean.isEmpty() || !std.isEmpty() || channels != null || range != null;
  }

  /**
   * The same with others for what is left open: values of pixels together, the resize by itself,
   * the crop where no size is given.
   */
  public PreprocessingOptions or(PreprocessingOptions usual) {
    PreprocessingOptions values = tellValues() ? this : usual;
    PreprocessingOptions scaling = resize != null || size > 0 ? this : usual;
    boolean isSized = crop.isGiven() || size > 0;
    return new PreprocessingOptions(
        values.mean,
        values.std,
        values.channels,
        values.range,
        scaling.resize,
        scaling.size,
        isSized ? crop : usual.crop,
        layout);
  }
}
