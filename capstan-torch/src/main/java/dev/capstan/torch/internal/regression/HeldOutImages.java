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
    long each = all.size(0) / count;
    long[] rows =
        LongStream.range(0, count)
            .filter(i -> ((first + i) % PERIOD == PERIOD - 1) == leftOut)
            .flatMap(i -> LongStream.range(i * each, (i + 1) * each))
            .toArray();
    if (rows.length == 0 || rows.length == all.size(0)) {
      return rows.length == 0 ? null : all;
    }
    return all.index_select(0, Tensors.of(rows, rows.length));
  }
}
