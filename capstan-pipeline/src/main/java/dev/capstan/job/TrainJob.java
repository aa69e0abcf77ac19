package dev.capstan.job;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.capstan.recipe.TrainRecipe;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to train, how, and where the result goes.
 *
 * @param inputs the model, images to learn from (unlabelled ones need a teacher), images to judge
 *     by; in JSON its fields stand beside the others
 * @param output the ONNX file to write; its record goes beside it
 * @param teacher an ONNX file whose outputs the network is to give, null for labels alone
 * @param recipe how it is trained
 * @param checkpoint file that a stopped run goes on from, removed when the result is in place
 */
public record TrainJob(
    @JsonUnwrapped Inputs inputs,
    Path output,
    @Nullable Path teacher,
    TrainRecipe recipe,
    Path checkpoint) {
  /** The same on other inputs. */
  public TrainJob with(Inputs other) {
    return new TrainJob(other, output, teacher, recipe, checkpoint);
  }

  /** The file beside an output that its run goes on from where no other is named. */
  public static Path checkpointOf(Path output) {
    return output.resolveSibling(output.getFileName() + ".checkpoint");
  }
}
