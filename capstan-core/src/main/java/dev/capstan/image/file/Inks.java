package dev.capstan.image.file;

/**
 * Pictures of four inks (cyan, magenta, yellow, black) as red, green and blue: every ink takes its
 * share of the light, R = (255 - C) (255 - K) / 255, as Pillow does it, without a colour profile.
 */
public final class Inks {
  private Inks() {}

  /**
   * The light of samples that are 255 - ink, as JPEG files have them by Adobe's custom.
   *
   * @param samples 4 bytes a pixel
   * @param luminance whether the first three are luminance and chrominance of the inks' light
   */
  public static byte[] light(byte[] samples, boolean luminance) {
    byte[] rgb = new byte[samples.length / 4 * 3];
    for (int from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
      int black = samples[from + 3] & 0xff;
      int[] inks = luminance ? fromLuminance(samples, from) : plain(samples, from);
      for (int c = 0; c < 3; c++) {
        rgb[to + c] = product(inks[c], black);
      }
    }
    return rgb;
  }

  private static int[] plain(byte[] samples, int at) {
    return new int[] {samples[at] & 0xff, samples[at + 1] & 0xff, samples[at + 2] & 0xff};
  }

  /** As libjpeg does it: 255 less what the formula of JFIF gives. */
  private static int[] fromLuminance(byte[] samples, int at) {
    int y = samples[at] & 0xff;
    int cb = (samples[at + 1] & 0xff) - 128;
    int cr = (samples[at + 2] & 0xff) - 128;
    return new int[] {
      255 - clip(y + 1.402 * cr),
      255 - clip(y - 0.344136 * cb - 0.714136 * cr),
      255 - clip(y + 1.772 * cb)
    };
  }

  private static int clip(double value) {
    return (int) Math.round(Math.min(255, Math.max(0, value)));
  }

  private static byte product(int a, int b) {
    return (byte) Math.round(a * b / 255.0);
  }
}
