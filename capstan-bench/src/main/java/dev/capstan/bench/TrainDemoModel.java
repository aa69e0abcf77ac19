package dev.capstan.bench;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.Evaluation;
import dev.capstan.torch.TorchNetwork;
import dev.capstan.torch.Training;
import dev.capstan.zoo.Zoo;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

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

  private TrainDemoModel() {}

  /** Trains, writes and judges. */
  public static void main(String[] args) {
    Path file = Path.of(args[0]);
    TrainRecipe recipe = TrainRecipe.fromScratch(EPOCHS, TRAIN_SEED).withSteps(BATCH, RATE);
    Graph graph = Zoo.randomCifarResNet(1, WIDTHS, 10, TRAIN_SEED);
    Compute compute = new Compute("fp32", Runtime.getRuntime().availableProcessors());
    Graph trained =
        Training.train(
            graph,
            store(TRAIN_SEED, TRAIN_IMAGES),
            IntStream.range(0, TRAIN_IMAGES).toArray(),
            recipe,
            compute,
            file.resolveSibling(file.getFileName() + ".checkpoint"),
            new Lines());
    OnnxWriter.write(trained, file);
    try (TorchNetwork network = new TorchNetwork(trained, compute)) {
      Evaluation fresh = network.evaluate(store(TEST_SEED, TEST_IMAGES), BATCH, WorkListener.NONE);
      System.out.printf(
          Locale.ROOT,
          "top-1 %.2f %%, loss %.3f on %d images%n",
          fresh.top1(),
          fresh.loss(),
          fresh.images());
    }
  }

  private static ImageStore store(long seed, int size) {
    return new ImageStore(
        new ShapeImages(seed, size), new ImageIoDecoder(), Preprocessing.imageNet(32, 32));
  }

  /** Progress a line every fifty steps. */
  private static final class Lines implements WorkListener {
    private static final int EVERY = 50;

    @Override
    public void advance(long done, String figures) {
      if (done % EVERY == 0) {
        System.err.println(done + " " + figures);
      }
    }

    @Override
    public void note(String line) {
      System.err.println(line);
    }
  }
}
