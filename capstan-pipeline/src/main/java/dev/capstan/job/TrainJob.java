package dev.capstan.job;

import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to train, how, and where the result goes.
 *
 * @param model the ONNX file
 * @param data images to learn from; unlabelled ones need a teacher
 * @param validation labelled images to judge by, null for none
 * @param output the ONNX file to write; its record goes beside it
 * @param teacher an ONNX file whose outputs the network is to give, null for labels alone
 * @param recipe how it is trained
 * @param images preprocessing and class order
 * @param compute precision and threads
 * @param checkpoint file that a stopped run goes on from, removed when the result is in place
 */
public record TrainJob(
    Path model,
    Path data,
    @Nullable Path validation,
    Path output,
    @Nullable Path teacher,
    TrainRecipe recipe,
    ImageOptions images,
    Compute compute,
    Path checkpoint) {

  /** The file beside an output that its run goes on from where no other is named. */
  public static Path checkpointOf(Path output) {
    return output.resolveSibling(output.getFileName() + ".checkpoint");
  }
}
