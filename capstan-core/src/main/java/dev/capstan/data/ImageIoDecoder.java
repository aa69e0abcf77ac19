package dev.capstan.data;

import dev.capstan.image.RgbImage;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes with the JDK's own ImageIO: everywhere at hand, and slow. */
public final class ImageIoDecoder implements ImageDecoder {
  /** What libjpeg calls a warning, although pixels are missing or wrong. */
  private static final Pattern DAMAGE =
      Pattern.compile("(?i).*(premature end|corrupt jpeg data|truncated|missing eoi).*");

  @Override
  public String name() {
    return "imageio";
  }

  @Override
  public RgbImage decode(byte[] encoded) throws IOException {
    try (ImageInputStream input =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      if (!readers.hasNext()) {
        throw new IOException("not an image");
      }
      ImageReader reader = readers.next();
      try {
        if (!reader.getFormatName().matches("(?i)jpeg|png")) {
          throw new IOException("neither JPEG nor PNG");
        }
        reader.setInput(input, true, true);
        return read(reader);
      } finally {
        reader.dispose();
      }
    } catch (RuntimeException e) {
      // ImageIO's readers let these escape on damaged data instead of an IOException.
      throw new IOException("damaged image (" + e + ")", e);
    }
  }

  private static RgbImage read(ImageReader reader) throws IOException {
    if (!RgbImage.isPlausible(reader.getWidth(0), reader.getHeight(0))) {
      throw new IOException("implausible extent");
    }
    AtomicReference<String> damage = new AtomicReference<>();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          if (DAMAGE.matcher(warning).matches()) {
            damage.set(warning);
          }
        });
    BufferedImage image = reader.read(0);
    if (damage.get() != null) {
      throw new IOException("damaged image (" + damage.get() + ")");
    }
    return new RgbImage(image.getWidth(), image.getHeight(), rgb(image));
  }

  private static byte[] rgb(BufferedImage image) throws IOException {
    if (image.getColorModel() instanceof IndexColorModel) {
      return colours(image);
    }
    int bands = image.getRaster().getNumBands();
    if (bands > 4) {
      throw new IOException(bands + " channels");
    }
    return samples(image.getRaster(), bands);
  }

  private static byte[] colours(BufferedImage image) {
    int[] packed =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    byte[] rgb = new byte[3 * packed.length];
    for (int i = 0; i < packed.length; i++) {
      rgb[3 * i] = (byte) (packed[i] >> 16);
      rgb[3 * i + 1] = (byte) (packed[i] >> 8);
      rgb[3 * i + 2] = (byte) packed[i];
    }
    return rgb;
  }

  /** Stored samples, since Java2D's conversion of gray and of colour profiles changes values. */
  private static byte[] samples(Raster raster, int bands) {
    int green = bands < 3 ? 0 : 1;
    int blue = bands < 3 ? 0 : 2;
    int shift = raster.getSampleModel().getSampleSize(0) - 8;
    int width = raster.getWidth();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[bands * width];
    for (int y = 0, to = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int from = 0; from < row.length; from += bands, to += 3) {
        rgb[to] = (byte) (row[from] >> shift);
        rgb[to + 1] = (byte) (row[from + green] >> shift);
        rgb[to + 2] = (byte) (row[from + blue] >> shift);
      }
    }
    return rgb;
  }
}
