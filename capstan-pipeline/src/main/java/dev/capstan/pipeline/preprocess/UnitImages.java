package dev.capstan.pipeline.preprocess;

import dev.capstan.data.Batch;
import dev.capstan.graph.Constant;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.Preprocessing.AxisOrder;

/**
 * A batch of images in 0..1, red first, as the network's axes lie.
 *
 * @param values of all images
 * @param images how many
 * @param shown extents and axes
 */
record UnitImages(float[] values, int images, Preprocessing shown) {
  /** By how much darker images are in another light. */
  private static final float LIGHT = 0.8f;

  /** An image moves by its side divided by this. */
  private static final int SHIFT = 16;

  static UnitImages of(Batch batch, Preprocessing shown) {
    return new UnitImages(batch.inputs().get(0).values(), batch.size(), shown);
  }

  /** What a network is given of them. */
  Constant as(Convention convention) {
    float[] made = new float[values.length];
    int channels = shown.channels();
    int plane = shown.height() * shown.width();
    boolean planes = shown.layout() == AxisOrder.NCHW;
    for (int image = 0; image < images; image++) {
      int start = image * channels * plane;
      for (int pixel = 0; pixel < plane; pixel++) {
        int first = planes ? start + pixel : start + pixel * channels;
        int stride = planes ? plane : 1;
        for (int c = 0; c < channels; c++) {
          made[first + c * stride] = convention.of(values, first, stride, c);
        }
      }
    }
    return Constant.of(made, shown.shape(images));
  }

  /** Left and right change places. */
  UnitImages mirrored() {
    return moved((row, column) -> row * shown.width() + shown.width() - 1 - column);
  }

  /** Down and to the right, the edges drawn out. */
  UnitImages shifted() {
    int down = Math.max(1, shown.height() / SHIFT);
    int right = Math.max(1, shown.width() / SHIFT);
    return moved(
        (row, column) -> Math.max(0, row - down) * shown.width() + Math.max(0, column - right));
  }

  /** The same in less light. */
  UnitImages darker() {
    float[] dark = values.clone();
    for (int i = 0; i < dark.length; i++) {
      dark[i] *= LIGHT;
    }
    return new UnitImages(dark, images, shown);
  }

  private interface Source {
    int pixel(int row, int column);
  }

  private UnitImages moved(Source source) {
    float[] moved = new float[values.length];
    int channels = shown.channels();
    int plane = shown.height() * shown.width();
    boolean planes = shown.layout() == AxisOrder.NCHW;
    int blocks = planes ? images * channels : images;
    int depth = planes ? 1 : channels;
    for (int block = 0; block < blocks; block++) {
      int start = block * plane * depth;
      for (int i = 0; i < plane; i++) {
        int from = start + depth * source.pixel(i / shown.width(), i % shown.width());
        System.arraycopy(values, from, moved, start + depth * i, depth);
      }
    }
    return new UnitImages(moved, images, shown);
  }
}
