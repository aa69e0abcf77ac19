package dev.capstan.torch;

import dev.capstan.data.ImageDecoder;
import dev.capstan.torch.internal.images.LeptonicaDecoder;

/** Decoders of image files that run in native code. */
public final class Decoders {
  private Decoders() {}

  /** The fastest one; it owns nothing that needs closing. */
  public static ImageDecoder fast() {
    return new LeptonicaDecoder();
  }
}
