package dev.capstan.torch;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.loss.TaskLoss;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
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
    Tally tally = new Tally(new TaskLoss(original));
    new SideBySide(original, network, store, Order.sequential(indices), compute)
        .run(BATCH, "compare", WorkListener.NONE, tally::add);
    return tally.agreement();
  }

  /** Sums over batches. */
  private static final class Tally {
    private final TaskLoss loss;
    private long images;
    private long same;
    private double divergence;

    Tally(TaskLoss loss) {
      this.loss = loss;
    }

    void add(List<Tensor> targets, List<Tensor> outputs, int size) {
      divergence += size * loss.divergence(targets, outputs).item_double();
      images += size;
      if (loss.ofClasses()) {
        same += first(targets.get(0)).eq(first(outputs.get(0))).sum().item_long();
      }
    }

    private static Tensor first(Tensor output) {
      return output.argmax(new LongOptional(1), false);
    }

    Agreement agreement() {
      Double top1 = loss.ofClasses() ? 100.0 * same / images : null;
      return new Agreement(top1, divergence / images);
    }
  }
}
