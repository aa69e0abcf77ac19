package dev.capstan.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.capstan.rank.Goal;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to compress, how, and where the result goes.
 *
 * @param inputs model and images
 * @param options what is done to it
 * @param output the ONNX file to write; its bases and its record go beside it
 */
public record CompressJob(
    @JsonProperty("setup") Inputs inputs,
    @JsonProperty("course") CompressionOptions options,
    Path output) {
  /** A job that keeps half of the MACs, all else by default. */
  public static CompressJob of(Path model, Path data, Path output) {
    return new CompressJob(Inputs.of(model, data), CompressionOptions.DEFAULT, output);
  }

  /** The same judged by these labelled images. */
  public CompressJob withValidation(@Nullable Path images) {
    return with(inputs.withValidation(images));
  }

  /** The same with another share of the MACs that may be kept, in (0, 1]. */
  public CompressJob withKeepMacs(double share) {
    return with(options.with(options.ranks().with(Goal.keepMacs(share))));
  }

  /** The same on other inputs. */
  public CompressJob with(Inputs other) {
    return new CompressJob(other, options, output);
  }

  /** The same with other stages. */
  public CompressJob with(CompressionOptions other) {
    return new CompressJob(inputs, other, output);
  }
}
