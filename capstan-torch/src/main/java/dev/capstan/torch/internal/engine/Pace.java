package dev.capstan.torch.internal.engine;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** How fast a network runs here. */
public final class Pace {
  private static final int BATCH = 16;

  /** Runs that are timed: as many as take this long, but a few in any case. */
  private static final long NANOS = 1_000_000_000;

  private static final int FEWEST = 3;
  private static final int MOST = 20;

  private Pace() {}

  /**
   * Seconds that a forward run of one image takes, in batches.
   *
   * @param nanoTime the clock
   */
  public static double of(
      Graph graph, ImageSubset images, Execution execution, LongSupplier nanoTime) {
    try (Program program = new Program(graph, execution);
        Batches batches = images.batches(InferenceBatch.of(graph, BATCH), execution.threads())) {
      if (!batches.hasNext()) {
        throw new InvalidInputException("no images to work on");
      }
      Batch batch = batches.next();
      // The first run is slower: libtorch prepares its kernels.
      run(program, batch);
      long began = nanoTime.getAsLong();
      long took = 0;
      int runs = 0;
      while (runs < FEWEST || took < NANOS && runs < MOST) {
        run(program, batch);
        runs++;
        took = nanoTime.getAsLong() - began;
      }
      return took * 1e-9 / runs / batch.size();
    }
  }

  private static void run(Program program, Batch batch) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Stream.of(program.run(Tensors.of(batch))).forEach(Tensor::close);
    }
  }
}
