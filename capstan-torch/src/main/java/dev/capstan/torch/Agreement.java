package dev.capstan.torch;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.engine.Program;
import dev.capstan.engine.Tensors;
import dev.capstan.graph.Graph;
import dev.capstan.loss.TaskLoss;
import dev.capstan.recipe.Compute;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How near a network is to its original, told by images alone.
 *
 * @param top1 share of images for which both give the same class the largest output, in percent;
 *     null for outputs that are no classes
 * @param divergence mean divergence of the outputs from the original's, in nats; their relative
 *     squared error where they are no classes
 */
public record Agreement(@Nullable Double top1, double divergence) {
  private static final int BATCH = 100;

  /**
   * Compares two networks.
   *
   * @param indices which images they are shown, at least one
   */
  public static Agreement of(
      Graph original, Graph network, ImageStore store, int[] indices, Compute compute) {
    try (Program expected = new Program(original, TorchNetwork.execution(compute));
        Program found = new Program(network, TorchNetwork.execution(compute));
        Batches batches =
            store.batches(Order.sequential(indices), Augmentation.NONE, BATCH, compute.threads())) {
      Tally tally = new Tally(new TaskLoss(original));
      while (batches.hasNext()) {
        tally.add(expected, found, batches.next());
      }
      return tally.agreement();
    }
  }

  /** Sums over batches. */
  private static final class Tally {
    private final TaskLoss loss;
    private boolean classes = true;
    private long images;
    private long same;
    private double divergence;

    Tally(TaskLoss loss) {
      this.loss = loss;
    }

    void add(Program expected, Program found, Batch batch) {
      try (NoGradGuard guard = new NoGradGuard();
          PointerScope scope = new PointerScope()) {
        Tensor[] targets = expected.run(Tensors.of(batch.pixels(), batch.shape()));
        Tensor[] outputs = found.run(Tensors.of(batch.pixels(), batch.shape()));
        try {
          add(targets, outputs, batch.size());
        } finally {
          Stream.of(targets, outputs).flatMap(Stream::of).forEach(Tensor::close);
        }
      }
    }

    private void add(Tensor[] targets, Tensor[] outputs, int size) {
      divergence += size * loss.divergence(List.of(targets), List.of(outputs)).item_double();
      images += size;
      classes = classes && outputs.length == 1 && outputs[0].dim() == 2;
      if (classes) {
        same += first(targets[0]).eq(first(outputs[0])).sum().item_long();
      }
    }

    private static Tensor first(Tensor output) {
      return output.argmax(new LongOptional(1), false);
    }

    Agreement agreement() {
      return new Agreement(classes ? 100.0 * same / images : null, divergence / images);
    }
  }
}
