package dev.capstan.data;

/**
 * What a network is shown of an image.
 *
 * @param down rows by which the window lies below the image's top
 * @param right columns by which it lies right of the (flipped) image's left edge
 * @param flipped whether left and right change places
 */
record Placement(int down, int right, boolean flipped) {
  /** The image as it is. */
  static final Placement PLAIN = new Placement(0, 0, false);
}
