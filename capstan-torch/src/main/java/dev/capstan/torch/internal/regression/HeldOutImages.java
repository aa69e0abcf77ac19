package dev.capstan.torch.internal.regression;

import dev.capstan.torch.internal.tensor.Tensors;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Every fourth image is left out of what is solved for: by it a ridge is judged.
 *
 * @param first number of a batch's first image
 * @param count images of the batch
 */
public record HeldOutImages(long first, long count) {
  private static final long PERIOD = 4;

  /**
   * What is solved on of a tensor whose first axis has the images, or a multiple of them, those of
   * an image in a row. All of one whose first axis is no such axis.
   *
   * @return null for nothing; a view or a copy, the caller's scope's
   */
  public @Nullable Tensor fitted(Tensor all) {
    return divides(all) ? of(all, false) : all;
  }

  /** What is left out of it; null for nothing. */
  public @Nullable Tensor leftOut(Tensor all) {
    return divides(all) ? of(all, true) : null;
  }

  private boolean divides(Tensor all) {
    return all.size(0) > 0 && all.size(0) % count == 0;
  }

  private @Nullable Tensor of(Tensor all, boolean leftOut) {
    long[] places =
        LongStream.range(0, count)
            .filter(i -> ((first + i) % PERIOD == PERIOD - 1) == leftOut)
            .toArray();
    if (places.length == 0 || places.length == count) {
      return places.length == 0 ? null : all;
    }
    Tensor index = Tensors.of(places, places.length);
    if (all.size(0) == count) {
      return all.index_select(0, index);
    }
    long[] sizes = all.shape();
    long[] chosen = sizes.clone();
    chosen[0] = sizes[0] / count * places.length;
    return all.reshape(count, -1).index_select(0, index).reshape(chosen);
  }
}
