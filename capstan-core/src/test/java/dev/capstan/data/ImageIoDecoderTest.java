package dev.capstan.data;

class ImageIoDecoderTest extends ImageDecoderContract {
  @Override
  protected ImageDecoder decoder() {
    return new ImageIoDecoder();
  }
}
