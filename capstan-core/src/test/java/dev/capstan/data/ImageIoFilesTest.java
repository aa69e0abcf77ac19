package dev.capstan.data;

class ImageIoFilesTest extends PictureFilesContract {
  @Override
  protected ImageDecoder decoder() {
    return new ImageIoDecoder();
  }
}
