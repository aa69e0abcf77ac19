package dev.capstan.torch.internal.images;

import static org.bytedeco.leptonica.global.leptonica.L_SEVERITY_NONE;
import static org.bytedeco.leptonica.global.leptonica.pixConvertTo32;
import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemJpeg;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemWebP;
import static org.bytedeco.leptonica.global.leptonica.readHeaderMemWebP;
import static org.bytedeco.leptonica.global.leptonica.setMsgSeverity;

import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.image.RgbImage;
import dev.capstan.image.file.ImageFormat;
import dev.capstan.image.file.JpegHeader;
import dev.capstan.image.file.Orientation;
import dev.capstan.torch.internal.tensor.Libtorch;
import java.io.IOException;
import org.bytedeco.leptonica.PIX;
import org.jspecify.annotations.Nullable;

/**
 * Decodes JPEG and WebP with leptonica, which is libjpeg-turbo and libwebp. No native memory
 * outlives a call.
 *
 * <p>The rest is left to {@link ImageIoDecoder}: the other formats are lossless, so that decoders
 * do not differ, and libpng writes its complaints to stderr.
 */
public final class LeptonicaDecoder implements ImageDecoder {
  static {
    Libtorch.load();
    // What matters comes as an IOException, not on stderr behind a progress bar.
    setMsgSeverity(L_SEVERITY_NONE);
  }

  private final ImageDecoder others = new ImageIoDecoder();

  @Override
  public String name() {
    return "leptonica";
  }

  @Override
  public RgbImage decode(byte[] encoded) throws IOException {
    if (ImageFormat.WEBP.matches(encoded)) {
      return Orientation.of(encoded).apply(decodeWebp(encoded));
    }
    if (!JpegHeader.isJpeg(encoded)) {
      return others.decode(encoded);
    }
    JpegHeader header = JpegHeader.read(encoded);
    if (!RgbImage.isPlausible(header.width(), header.height())) {
      throw new IOException("JPEG file of implausible extent");
    }
    return header.components() == 4
        ? others.decode(encoded)
        : Orientation.of(encoded).apply(decodeJpeg(encoded));
  }

  private static RgbImage decodeJpeg(byte[] encoded) throws IOException {
    int[] warnings = {0};
    PIX pix = pixReadMemJpeg(encoded, encoded.length, 0, 1, warnings, 0);
    if (warnings[0] > 0) {
      pixDestroy(pix);
      throw new IOException("JPEG file is damaged in " + warnings[0] + " places");
    }
    return taken(pix, "JPEG file is damaged");
  }

  private static RgbImage decodeWebp(byte[] encoded) throws IOException {
    int[] width = {0};
    int[] height = {0};
    boolean read = readHeaderMemWebP(encoded, encoded.length, width, height, new int[1]) == 0;
    if (!read || !RgbImage.isPlausible(width[0], height[0])) {
      throw new IOException("WebP file is damaged or of implausible extent");
    }
    return taken(pixReadMemWebP(encoded, encoded.length), "WebP file is damaged, or an animation");
  }

  private static RgbImage taken(@Nullable PIX pix, String otherwise) throws IOException {
    if (pix == null) {
      throw new IOException(otherwise);
    }
    try {
      return pix.d() == 32 ? unpack(pix) : widen(pix);
    } finally {
      pixDestroy(pix);
    }
  }

  private static RgbImage widen(PIX gray) {
    PIX wide = pixConvertTo32(gray);
    try {
      return unpack(wide);
    } finally {
      pixDestroy(wide);
    }
  }

  /** A pixel is a word with red on top, then green, blue and alpha. */
  private static RgbImage unpack(PIX pix) {
    int[] words = new int[Math.multiplyExact(pix.w(), pix.h())];
    pix.data().get(words);
    int channels = pix.spp() == 4 ? 4 : 3;
    byte[] rgb = new byte[Math.multiplyExact(channels, words.length)];
    for (int i = 0, to = 0; i < words.length; i++, to += channels) {
      rgb[to] = (byte) (words[i] >>> 24);
      rgb[to + 1] = (byte) (words[i] >>> 16);
      rgb[to + 2] = (byte) (words[i] >>> 8);
      if (channels == 4) {
        rgb[to + 3] = (byte) words[i];
      }
    }
    return new RgbImage(pix.w(), pix.h(), rgb);
  }
}
