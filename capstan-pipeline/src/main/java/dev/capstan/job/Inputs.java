package dev.capstan.job;

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
public record Inputs(
    Path model,
    Path data,
    @Nullable Path validation,
    ImageOptions images,
    Compute compute,
    boolean acceptChance,
    @Nullable MetricChoice metric) {

  /** A model and images, all else by default. */
  public static Inputs of(Path model, Path data) {
    return new Inputs(model, data, null, ImageOptions.DEFAULT, Compute.automatic(), false, null);
  }

  /** The same judged by these images. */
  public Inputs withValidation(@Nullable Path labelled) {
    return new Inputs(model, data, labelled, images, compute, acceptChance, metric);
  }

  /** The same going on, or not, where the labelled baseline is near chance. */
  public Inputs withAcceptChance(boolean accept) {
    return new Inputs(model, data, validation, images, compute, accept, metric);
  }

  /** The same with other preprocessing, class order or kind of outputs. */
  public Inputs with(ImageOptions other) {
    return new Inputs(model, data, validation, other, compute, acceptChance, metric);
  }

  /** The same judged by the user's own metric too, or by none. */
  public Inputs with(@Nullable MetricChoice own) {
    return new Inputs(model, data, validation, images, compute, acceptChance, own);
  }

  /** The same on another precision or number of threads. */
  public Inputs with(Compute other) {
    return new Inputs(model, data, validation, images, other, acceptChance, metric);
  }

  /**
   * The user's own metric.
   *
   * @param name what it calls itself
   * @param jar the jar or folder that holds it, null if it is on the class path
   */
  public record MetricChoice(String name, @Nullable Path jar) {}
}
