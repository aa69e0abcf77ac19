package dev.capstan.pipeline;

import dev.capstan.recipe.Compute;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to compress, how far, and where the result goes.
 *
 * @param model the ONNX file
 * @param data images to learn from, labelled or not
 * @param validation labelled images to judge by, null for none
 * @param output the ONNX file to write; its bases and its record go beside it
 * @param keepMacs share of the multiply-accumulates that may be kept, in (0, 1]
 * @param learnImages images that the projections see; 0 for one pass, at most 50,000
 * @param fineTuneEpochs passes over the data that train the compressed network
 * @param images preprocessing and class order
 * @param compute precision and threads
 * @param seed of every random choice
 * @param acceptChance go on where the labelled baseline is near chance
 */
public record CompressJob(
    Path model,
    Path data,
    @Nullable Path validation,
    Path output,
    double keepMacs,
    int learnImages,
    int fineTuneEpochs,
    ImageOptions images,
    Compute compute,
    long seed,
    boolean acceptChance) {

  /** Checks the numbers. */
  public CompressJob {
    if (!(keepMacs > 0 && keepMacs <= 1)) {
      throw new IllegalArgumentException("expected to keep a share in (0, 1], found " + keepMacs);
    }
    if (learnImages < 0 || fineTuneEpochs < 0) {
      throw new IllegalArgumentException(
          "%d images to learn from, %d epochs to fine-tune".formatted(learnImages, fineTuneEpochs));
    }
  }

  /** A job that keeps half of the MACs, all else by default. */
  public static Builder of(Path model, Path data, Path output) {
    return new Builder(model, data, output);
  }

  /** Collects what a job differs in from the default. */
  public static final class Builder {
    private final Path model;
    private final Path data;
    private final Path output;
    private @Nullable Path validation;
    private double keepMacs = 0.5;
    private int learnImages;
    private int fineTuneEpochs;
    private ImageOptions images = ImageOptions.DEFAULT;
    private Compute compute = Compute.automatic();
    private long seed = 1;
    private boolean acceptChance;

    private Builder(Path model, Path data, Path output) {
      this.model = model;
      this.data = data;
      this.output = output;
    }

    /** Labelled images to judge by. */
    public Builder validation(@Nullable Path images) {
      validation = images;
      return this;
    }

    /** Share of the MACs that may be kept, in (0, 1]. */
    public Builder keepMacs(double share) {
      keepMacs = share;
      return this;
    }

    /** Images that the projections see; 0 for one pass, at most 50,000. */
    public Builder learnImages(int count) {
      learnImages = count;
      return this;
    }

    /** Passes over the data that train the compressed network. */
    public Builder fineTuneEpochs(int epochs) {
      fineTuneEpochs = epochs;
      return this;
    }

    /** Preprocessing and class order. */
    public Builder images(ImageOptions options) {
      images = options;
      return this;
    }

    /** Precision and threads. */
    public Builder compute(Compute with) {
      compute = with;
      return this;
    }

    /** Seed of every random choice. */
    public Builder seed(long number) {
      seed = number;
      return this;
    }

    /** Go on where the labelled baseline is near chance. */
    public Builder acceptChance(boolean accept) {
      acceptChance = accept;
      return this;
    }

    /** The job. */
    public CompressJob build() {
      return new CompressJob(
          model,
          data,
          validation,
          output,
          keepMacs,
          learnImages,
          fineTuneEpochs,
          images,
          compute,
          seed,
          acceptChance);
    }
  }
}
