package dev.capstan.pipeline.demo;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.AtomicFile;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.TuneOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The embedded example: drawn images, and a small residual network that was trained on others of
 * the same kind ({@code TrainDemoModel} in capstan-bench).
 */
public final class Demo {
  /** The seed of the images to learn from: other than those the network was trained on. */
  private static final long LEARNING_SEED = 2;

  /** The seed of the images to judge by. */
  private static final long VALIDATION_SEED = 3;

  private static final int LEARNING_IMAGES = 4000;
  private static final int VALIDATION_IMAGES = 2000;

  private Demo() {}

  /**
   * Puts the example's model and images into a folder.
   *
   * @param folder where to, made if it is not there; what an earlier call left there is used again
   * @return the job to run on them: half of the MACs, a short fine-tuning
   */
  public static CompressJob prepare(Path folder) {
    Path images = folder.resolve("images");
    Path model = folder.resolve("demo.onnx");
    try {
      Files.createDirectories(images);
    } catch (IOException e) {
      throw new InvalidInputException(folder + ": cannot be made: " + e.getMessage(), e);
    }
    write(new ShapeImages(LEARNING_SEED, LEARNING_IMAGES), images.resolve("train"));
    write(new ShapeImages(VALIDATION_SEED, VALIDATION_IMAGES), images.resolve("val"));
    copyModel(model);
    return CompressJob.of(model, images.resolve("train"), folder.resolve("demo-small.onnx"))
        .withValidation(images.resolve("val"))
        .with(
            CompressionOptions.DEFAULT
                .with(BasisOptions.DEFAULT.withLearnImages(2 * LEARNING_IMAGES))
                .with(TuneOptions.of(2)));
  }

  private static void write(Dataset images, Path folder) {
    // The folder appears whole or not at all, so one that is there is complete.
    if (!Files.exists(folder)) {
      PngFolder.write(images, new ImageIoDecoder(), folder);
    }
  }

  private static void copyModel(Path target) {
    AtomicFile.write(
        target,
        stream -> {
          try (InputStream model = Demo.class.getResourceAsStream("demo.onnx")) {
            if (model == null) {
              throw new IllegalStateException("the demo's model is not in the jar");
            }
            model.transferTo(stream);
          }
        });
  }
}
