package dev.capstan.job;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to compress, how, and where the result goes.
 *
 * @param setup model and images
 * @param course what is done to it
 * @param output the ONNX file to write; its bases and its record go beside it
 */
public record CompressJob(Inputs setup, CompressionOptions course, Path output) {
  /** A job that keeps half of the MACs, all else by default. */
  public static CompressJob of(Path model, Path data, Path output) {
    return new CompressJob(Inputs.of(model, data), CompressionOptions.DEFAULT, output);
  }

  /** The same judged by these labelled images. */
  public CompressJob withValidation(@Nullable Path images) {
    return with(setup.withValidation(images));
  }

  /** The same with another share of the MACs that may be kept, in (0, 1]. */
  public CompressJob withKeepMacs(double share) {
    return with(course.with(course.ranks().with(Goal.keepMacs(share))));
  }

  /** The same on other material. */
  public CompressJob with(Inputs other) {
    return new CompressJob(other, course, output);
  }

  /** The same with other stages. */
  public CompressJob with(CompressionOptions other) {
    return new CompressJob(setup, other, output);
  }
}
