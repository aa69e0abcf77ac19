package dev.capstan.torch.internal.paired;

import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.loss.TaskLoss;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** How near a network is to its original, summed up over batches. */
public final class AgreementTally {
  private final TaskLoss loss;
  private long images;
  private long same;
  private double divergence;

  private AgreementTally(TaskLoss loss) {
    this.loss = loss;
  }

  /** Compares two networks. */
  public static AgreementTally of(SideBySide pair) {
    AgreementTally tally = new AgreementTally(new TaskLoss(pair.original()));
    pair.run("compare", WorkListener.NONE, tally::add);
    return tally;
  }

  private void add(List<Tensor> targets, List<Tensor> outputs, int size) {
    divergence += size * loss.divergence(targets, outputs).item_double();
    images += size;
    if (loss.ofClasses()) {
      same += first(targets.get(0)).eq(first(outputs.get(0))).sum().item_long();
    }
  }

  private static Tensor first(Tensor output) {
    return output.argmax(new LongOptional(1), false);
  }

  /**
   * Share of images for which both give the same class the largest output, in percent; null for
   * outputs that are no classes.
   */
  public @Nullable Double top1() {
    return loss.ofClasses() ? 100.0 * same / images : null;
  }

  /** Mean divergence of the outputs; their relative squared error where they are no classes. */
  public double divergence() {
    return divergence / images;
  }
}
