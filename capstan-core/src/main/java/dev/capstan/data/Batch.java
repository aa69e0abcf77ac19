package dev.capstan.data;

/**
 * Images ready for a network.
 *
 * @param pixels normalised values in the layout of the preprocessing, image after image; this array
 *     is the receiver's own
 * @param shape extents of the batch: 4 axes, the number of images first
 * @param indices where each image stands in its set
 * @param labels class of each image, {@link Dataset#UNLABELLED} where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never copied or compared
public record Batch(float[] pixels, long[] shape, int[] indices, int[] labels) {
  /** The number of images. */
  public int size() {
    return indices.length;
  }
}
