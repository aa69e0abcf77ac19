package dev.capstan.job;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to judge, and by what.
 *
 * @param inputs the model, and the images as those to learn from
 * @param original the model whose outputs it should give, null for none
 * @param limits what it has to keep to
 */
public record EvaluateJob(Inputs inputs, @Nullable Path original, Limits limits) {
  /** A judgement without limits. */
  public EvaluateJob(Inputs inputs, @Nullable Path original) {
    this(inputs, original, Limits.NONE);
  }

  /**
   * What a model has to keep to; null for any. All but the first beside the original.
   *
   * @param minTop1 smallest share of images whose class has the largest output, in percent
   * @param minAgreement smallest share of images of the original's class, in [0, 1]
   * @param maxError largest error of an output, relative to its variation
   * @param maxLatencyRatio largest time of a run in ONNX Runtime, batch 1 on one thread, in those
   *     of the original
   */
  public record Limits(
      @Nullable Double minTop1,
      @Nullable Double minAgreement,
      @Nullable Double maxError,
      @Nullable Double maxLatencyRatio) {
    /** None. */
    public static final Limits NONE = new Limits(null, null, null, null);

    /** Whether one of them is of no use without an original. */
    public boolean needOriginal() {
      return minAgreement != null || maxError != null || maxLatencyRatio != null;
    }
  }
}
