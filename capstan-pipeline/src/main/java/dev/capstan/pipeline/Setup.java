package dev.capstan.pipeline;

import dev.capstan.recipe.Compute;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a job works on and with.
 *
 * @param model the ONNX file
 * @param data images to learn from, labelled or not
 * @param validation images to judge by, labelled if the network classifies; null for none
 * @param images preprocessing and class order
 * @param compute precision and threads
 * @param acceptChance go on where the labelled baseline is near chance
 * @param metric the user's own, null for none
 */
public record Setup(
    Path model,
    Path data,
    @Nullable Path validation,
    ImageOptions images,
    Compute compute,
    boolean acceptChance,
    @Nullable MetricChoice metric) {

  /** A model and images, all else by default. */
  public static Setup of(Path model, Path data) {
    return new Setup(model, data, null, ImageOptions.DEFAULT, Compute.automatic(), false, null);
  }

  /** The same judged by these images. */
  public Setup withValidation(@Nullable Path labelled) {
    return new Setup(model, data, labelled, images, compute, acceptChance, metric);
  }

  /** The same with other preprocessing, class order or kind of outputs. */
  public Setup with(ImageOptions other) {
    return new Setup(model, data, validation, other, compute, acceptChance, metric);
  }

  /** The same judged by the user's own metric too, or by none. */
  public Setup with(@Nullable MetricChoice own) {
    return new Setup(model, data, validation, images, compute, acceptChance, own);
  }

  /** The same on another precision or number of threads. */
  public Setup with(Compute other) {
    return new Setup(model, data, validation, images, other, acceptChance, metric);
  }
}
