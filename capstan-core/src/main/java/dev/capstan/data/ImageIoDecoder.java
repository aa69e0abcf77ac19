package dev.capstan.data;

import dev.capstan.image.RgbImage;
import dev.capstan.image.file.ImageFormat;
import dev.capstan.image.file.Inks;
import dev.capstan.image.file.JpegHeader;
import dev.capstan.image.file.Orientation;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes with the JDK's own ImageIO: everywhere at hand, slow, and without WebP. */
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
      ImageReader reader = reader(format(encoded));
      try {
        reader.setInput(input, true, true);
        return Orientation.of(encoded).apply(read(reader, encoded));
      } finally {
        reader.dispose();
      }
    } catch (RuntimeException e) {
      // ImageIO's readers let these escape on damaged data instead of an IOException.
      throw new IOException("damaged image (" + e + ")", e);
    }
  }

  private static ImageFormat format(byte[] encoded) throws IOException {
    for (ImageFormat format : ImageFormat.values()) {
      if (format.matches(encoded)) {
        return format;
      }
    }
    throw new IOException("not an image in a known format (" + ImageFormat.all() + ")");
  }

  /** The JDK's reader of a format, whatever others are on the class path. */
  private static ImageReader reader(ImageFormat format) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.name());
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule() == ImageIO.class.getModule()) {
        return reader;
      }
    }
    throw new IOException(format + " is not read by this decoder");
  }

  private static RgbImage read(ImageReader reader, byte[] encoded) throws IOException {
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
    JpegHeader header = JpegHeader.isJpeg(encoded) ? JpegHeader.read(encoded) : null;
    RgbImage image =
        header != null && header.components() == 4 ? inks(reader, header) : colours(reader.read(0));
    if (damage.get() != null) {
      throw new IOException("damaged image (" + damage.get() + ")");
    }
    return image;
  }

  /** ImageIO converts no CMYK, but gives the samples as they are stored. */
  private static RgbImage inks(ImageReader reader, JpegHeader header) throws IOException {
    Samples samples = Samples.of(reader.readRaster(0, null));
    return new RgbImage(
        header.width(), header.height(), Inks.light(samples.bytes(), header.luminance()));
  }

  private static RgbImage colours(BufferedImage image) throws IOException {
    return new RgbImage(image.getWidth(), image.getHeight(), Samples.rgb(image));
  }
}
