package dev.capstan.image;

/**
 * What a network is shown of an image.
 *
 * @param down rows by which the window lies below the image's top
 * @param right columns by which it lies right of the (flipped) image's left edge
 * @param flipped whether left and right change places
 * @param hole what is erased of the window
 */
public record Placement(int down, int right, boolean flipped, Square hole) {
  /** The image as it is. */
  public static final Placement PLAIN = new Placement(0, 0, false, Square.NONE);

  /** A square of pixels, by its first row and column and its side. */
  public record Square(int top, int left, int side) {
    /** No pixels. */
    static final Square NONE = new Square(0, 0, 0);
  }
}
