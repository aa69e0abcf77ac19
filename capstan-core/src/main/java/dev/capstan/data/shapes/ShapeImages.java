package dev.capstan.data.shapes;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.image.RgbImage;
import dev.capstan.random.Randomness;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A drawn set of images: ten classes of shapes and textures, each image a function of (seed,
 * index).
 *
 * <p>Colours, place, size, angle, a background that changes across the image, a distracting bar and
 * noise are random, so that no single pixel or colour tells a class. All arithmetic is exact or
 * {@link StrictMath}: the bytes are the same on every machine.
 */
public final class ShapeImages implements Dataset {
  /** Extent of the images, in pixels. */
  public static final int SIDE = 32;

  private static final List<Figure> FIGURES = List.of(Figure.values());
  private static final List<String> CLASSES =
      FIGURES.stream().map(figure -> figure.name().toLowerCase(Locale.ROOT)).toList();

  private final long seed;
  private final int size;

  /** A set of {@code size} images; another seed gives other images of the same kind. */
  public ShapeImages(long seed, int size) {
    this.seed = seed;
    this.size = size;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public List<String> classes() {
    return CLASSES;
  }

  @Override
  public int label(int index) {
    return index % CLASSES.size();
  }

  @Override
  public String name(int index) {
    return CLASSES.get(label(index)) + "/" + String.format(Locale.ROOT, "%06d", index);
  }

  /** Draws an image; there is nothing to decode. */
  @Override
  public RgbImage image(int index, ImageDecoder decoder) {
    SplittableRandom random = Randomness.of(seed, index);
    return new Drawing(random).draw(FIGURES.get(label(index)));
  }
}
