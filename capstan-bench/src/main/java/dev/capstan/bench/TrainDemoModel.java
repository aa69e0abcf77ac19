package dev.capstan.bench;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Training;
import dev.capstan.torch.Evaluation;
import dev.capstan.torch.TorchSession;
import dev.capstan.zoo.Zoo;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Trains the network that {@code capstan demo} compresses, on drawn images, and judges it on 5,000
 * others: {@code TrainDemoModel OUT.onnx}. A checkpoint {@code OUT.onnx.checkpoint} lets a stopped
 * run go on.
 */
public final class TrainDemoModel {
  private static final long TRAIN_SEED = 1001;
  private static final long TEST_SEED = 2002;
  private static final int TRAIN_IMAGES = 10_000;
  private static final int TEST_IMAGES = 5_000;
  private static final List<Integer> WIDTHS = List.of(24, 48, 96);
  private static final int EPOCHS = 16;
  private static final int BATCH = 64;
  private static final double RATE = 0.1;

  /** Steps from one line of progress to the next. */
  private static final int LINE_STEPS = 50;

  private TrainDemoModel() {}

  /** Trains, writes and judges. */
  public static void main(String[] args) {
    Path file = Path.of(args[0]);
    TrainRecipe recipe = TrainRecipe.fromScratch(EPOCHS, TRAIN_SEED).withSteps(BATCH, RATE);
    Graph graph = Zoo.randomCifarResNet(1, WIDTHS, 10, TRAIN_SEED);
    Compute compute = Compute.fp32(Runtime.getRuntime().availableProcessors());
    Path checkpoint = file.resolveSibling(file.getFileName() + ".checkpoint");
    Graph trained =
        new TorchSession(compute, new Lines(LINE_STEPS))
            .fineTune(
                graph,
                null,
                DataSplit.undivided(images(TRAIN_SEED, TRAIN_IMAGES)),
                new Training(recipe, checkpoint));
    OnnxWriter.write(trained, file);
    Evaluation fresh =
        new TorchSession(compute, WorkListener.NONE)
            .evaluate(trained, images(TEST_SEED, TEST_IMAGES), "evaluate");
    System.out.printf(
        Locale.ROOT,
        "top-1 %.2f %%, loss %.3f on %d images%n",
        fresh.top1(),
        fresh.loss(),
        fresh.images());
  }

  private static ImageSubset images(long seed, int size) {
    return ImageSubset.all(
        new ImageStore(
            new ShapeImages(seed, size), new ImageIoDecoder(), Preprocessing.imageNet(32, 32)));
  }
}
