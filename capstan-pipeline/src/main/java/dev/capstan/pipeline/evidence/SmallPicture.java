package dev.capstan.pipeline.evidence;

import dev.capstan.data.ImageStore;
import dev.capstan.image.Preprocessing;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Small PNG pictures in Base64. */
final class SmallPicture {
  private static final int THUMBNAIL = 64;

  private SmallPicture() {}

  /** What a network sees of an image; null where that is no picture, or cannot be read. */
  static @Nullable String ofImage(ImageStore store, int index) {
    Preprocessing shown = store.feed().preprocessing().orElse(null);
    if (shown == null) {
      return null;
    }
    try {
      byte[] pixels = store.feed().read(store.dataset(), index);
      int width = shown.width();
      int channels = pixels.length / (width * shown.height());
      return png(
          width,
          shown.height(),
          THUMBNAIL,
          (x, y) -> rgb(pixels, (y * width + x) * channels, channels < 3 ? 0 : 1));
    } catch (IOException e) {
      return null;
    }
  }

  private static int rgb(byte[] pixels, int at, int step) {
    return (pixels[at] & 255) << 16
        | (pixels[at + step] & 255) << 8
        | (pixels[at + 2 * step] & 255);
  }

  /**
   * A picture, no larger than so many pixels on a side.
   *
   * @param rgb of the pixel in a column and a row
   */
  static String png(int width, int height, int most, IntBinaryOperator rgb) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, rgb.applyAsInt(x, y));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(smaller(image, most), "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static BufferedImage smaller(BufferedImage image, int most) {
    int side = Math.max(image.getWidth(), image.getHeight());
    if (side <= most) {
      return image;
    }
    int width = Math.max(1, image.getWidth() * most / side);
    int height = Math.max(1, image.getHeight() * most / side);
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
