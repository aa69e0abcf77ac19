package dev.capstan.torch.internal.loss;

import dev.capstan.data.ImageSubset;
import dev.capstan.distance.OutputError;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.OutputLoop;
import dev.capstan.torch.internal.loss.ComparedOutputs.Compared;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * How much each of an original's outputs varies over images: {@code v = ||t - mean t||^2 / N}, by
 * which its error is measured. It is of all images at once: in a small batch of photos of which few
 * show anything a detector's scores hardly vary, and would weigh most where they matter least.
 */
final class OutputVariation {
  private static final String IMAGES = "images";
  private static final String NAME = "of ";

  private final Map<String, OutputError> byName = new LinkedHashMap<>();
  private long images;

  /**
   * The variation over some images.
   *
   * @param compared what of the original's outputs is compared, for as many images
   */
  static OutputVariation of(
      Graph original,
      ImageSubset images,
      Execution execution,
      BiFunction<List<Tensor>, Long, List<Compared>> compared) {
    OutputVariation variation = new OutputVariation();
    OutputLoop.run(
        original,
        images,
        execution,
        (outputs, batch) ->
            variation.add(compared.apply(outputs, (long) batch.size()), batch.size()));
    return variation;
  }

  /** That over the images of one batch. */
  static OutputVariation of(List<Compared> compared, long images) {
    OutputVariation variation = new OutputVariation();
    variation.add(compared, images);
    return variation;
  }

  /** The same by name, as numbers: how many images, then those of each output. */
  Map<String, double[]> numbers() {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    numbers.put(IMAGES, new double[] {images});
    byName.forEach((name, error) -> numbers.put(NAME + name, error.sums()));
    return numbers;
  }

  /** What such numbers say. */
  static OutputVariation of(Map<String, double[]> numbers) {
    OutputVariation variation = new OutputVariation();
    numbers.forEach(
        (name, values) -> {
          if (name.equals(IMAGES)) {
            variation.images = Math.round(values[0]);
          } else {
            OutputError error = new OutputError();
            error.set(values);
            variation.byName.put(name.substring(NAME.length()), error);
          }
        });
    return variation;
  }

  private void add(List<Compared> compared, long count) {
    images += count;
    for (Compared output : compared) {
      OutputError one = byName.computeIfAbsent(output.name(), name -> new OutputError());
      if (output.rows() > 0) {
        float[] values = Tensors.floats(output.target());
        one.add(values, values, Math.toIntExact(output.rows()));
      }
    }
  }

  /**
   * {@code sum_i w_i ||o_i - t_i||^2 / (N v_i)}, a scalar that autograd follows to the outputs o_i;
   * w_i are their shares, N the images. An output of which nothing was seen counts nothing.
   *
   * @param compared at least one
   */
  Tensor relativeError(List<Compared> compared, long count) {
    return compared.stream()
        .map(output -> output.difference().mul(new Scalar(output.share() * weight(output) / count)))
        .reduce(Tensor::add)
        .orElseThrow(() -> new IllegalArgumentException("no outputs to compare"));
  }

  /**
   * {@code v . y}, y the outputs in units of that error, v random signs: a scalar whose gradient g
   * has, over draws of v, {@code E[(g . d)^2]} equal to what a small disturbance d adds to the sum
   * of the images' errors.
   */
  Tensor along(List<Compared> compared, SplittableRandom random) {
    return compared.stream()
        .map(
            output ->
                along(output, random).mul(new Scalar(Math.sqrt(output.share() * weight(output)))))
        .reduce(Tensor::add)
        .orElseThrow(() -> new IllegalArgumentException("no outputs to compare"));
  }

  private static Tensor along(Compared output, SplittableRandom random) {
    Tensor values = output.output();
    float[] signs = new float[Math.toIntExact(values.numel())];
    for (int i = 0; i < signs.length; i++) {
      signs[i] = random.nextBoolean() ? 1 : -1;
    }
    return values.mul(Tensors.of(signs, values.shape())).sum();
  }

  private double weight(Compared output) {
    OutputError seen = byName.get(output.name());
    double variation = seen == null ? 0 : seen.variation();
    return variation > 0 ? images / variation : 0;
  }
}
