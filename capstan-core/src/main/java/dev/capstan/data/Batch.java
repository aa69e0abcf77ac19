package dev.capstan.data;

import java.util.List;

/**
 * Images ready for a network.
 *
 * @param inputs one an input of the network, in order: normalised pictures, or arrays as they are
 * @param indices where each image stands in its set
 * @param labels class of each image, {@link Dataset#UNLABELLED} where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never copied or compared
public record Batch(List<Input> inputs, int[] indices, int[] labels) {
  /** Copies the list. */
  public Batch {
    inputs = List.copyOf(inputs);
  }

  /**
   * What one input is fed.
   *
   * @param values image after image; this array is the receiver's own
   * @param shape extents, the number of images first
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Input(float[] values, long[] shape) {
    /** The number of values that one image has. */
    public int row() {
      return shape[0] == 0 ? 0 : values.length / (int) shape[0];
    }
  }

  /** The number of images. */
  public int size() {
    return indices.length;
  }
}
