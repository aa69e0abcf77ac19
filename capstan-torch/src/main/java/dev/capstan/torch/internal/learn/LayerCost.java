package dev.capstan.torch.internal.learn;

/**
 * Multiply-accumulates of a convolution between two compressed spaces, forward and backward
 * together; kernels are frozen, so no gradient of theirs is counted.
 *
 * @param out channels it writes in full width
 * @param in channels it reads in full width
 * @param outRank channels it writes in the compressed network
 * @param inRank channels it reads there
 * @param taps of the kernel
 * @param pixels of the output, over the batch
 */
record LayerCost(double out, double in, double outRank, double inRank, double taps, double pixels) {

  /** {@code W D}. */
  private double decodedKernel() {
    return inRank < in ? 2 * out * in * inRank * taps : 0;
  }

  /** {@code E^T y}. */
  private double encodedOutput() {
    return outRank < out ? 3 * pixels * out * outRank : 0;
  }

  /** {@code E^T W D}. */
  double projection() {
    double passes = inRank < in ? 3 : 2;
    return decodedKernel() + (outRank < out ? passes * out * inRank * outRank * taps : 0);
  }

  /** The convolution with {@code E^T W D}. */
  double convolution() {
    return 3 * pixels * outRank * inRank * taps;
  }

  /** {@code E^T ((W D) x)}. */
  double output() {
    return decodedKernel() + 3 * pixels * out * inRank * taps + encodedOutput();
  }

  /** {@code E^T (W (D x))}. */
  double activations() {
    return 3 * pixels * in * inRank + 2 * pixels * out * in * taps + encodedOutput();
  }
}
