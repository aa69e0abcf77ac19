package dev.capstan.torch.internal.images;

import static org.bytedeco.leptonica.global.leptonica.L_SEVERITY_NONE;
import static org.bytedeco.leptonica.global.leptonica.pixConvertTo32;
import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemJpeg;
import static org.bytedeco.leptonica.global.leptonica.setMsgSeverity;

import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.image.RgbImage;
import dev.capstan.torch.internal.tensor.Libtorch;
import java.io.IOException;
import org.bytedeco.leptonica.PIX;

/**
 * Decodes JPEG with leptonica, which is libjpeg-turbo. No native memory outlives a call.
 *
 * <p>PNG is left to {@link ImageIoDecoder}: it is lossless, so that decoders do not differ, and
 * libpng writes its complaints to stderr.
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
    if (!JpegFile.isJpeg(encoded)) {
      return others.decode(encoded);
    }
    JpegFile file = JpegFile.read(encoded);
    if (!RgbImage.isPlausible(file.width(), file.height())) {
      throw new IOException("JPEG file of implausible extent");
    }
    if (file.components() == 4) {
      throw new IOException("JPEG file in CMYK");
    }
    return decodeJpeg(encoded);
  }

  private static RgbImage decodeJpeg(byte[] encoded) throws IOException {
    int[] warnings = {0};
    PIX pix = pixReadMemJpeg(encoded, encoded.length, 0, 1, warnings, 0);
    if (pix == null) {
      throw new IOException("JPEG file is damaged");
    }
    try {
      if (warnings[0] > 0) {
        throw new IOException("JPEG file is damaged in " + warnings[0] + " places");
      }
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
    byte[] rgb = new byte[3 * words.length];
    for (int i = 0; i < words.length; i++) {
      rgb[3 * i] = (byte) (words[i] >>> 24);
      rgb[3 * i + 1] = (byte) (words[i] >>> 16);
      rgb[3 * i + 2] = (byte) (words[i] >>> 8);
    }
    return new RgbImage(pix.w(), pix.h(), rgb);
  }
}
