package dev.capstan.torch.internal.train;

import dev.capstan.data.Batch;
import dev.capstan.data.Steps;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * This process's share of the steps of a training, and what the teacher gives for it. The teacher
 * does not learn, so the next step can be begun while the weights of this one are waited for: what
 * a process lags behind in one step it makes up for in the next, and none waits for it.
 *
 * <p>Owns the steps and what was begun until closed.
 */
final class TaughtSteps implements AutoCloseable {
  private final Steps steps;
  private final Objective objective;
  private final int before;
  private @Nullable Share begun;

  /**
   * Steps that follow others.
   *
   * @param steps now owned by this
   * @param objective gives the targets; stays the caller's
   * @param before steps that were taken before the first of these
   */
  TaughtSteps(Steps steps, Objective objective, int before) {
    this.steps = steps;
    this.objective = objective;
    this.before = before;
  }

  /**
   * What this process has of a step.
   *
   * @param number of the step, from 1 on
   * @param parts its micro-batches, none where they are others' or all images are damaged
   * @param targets of the first of them; owned until closed
   */
  record Share(int number, List<Batch> parts, List<Tensor> targets) implements AutoCloseable {
    @Override
    public void close() {
      targets.forEach(Tensor::close);
    }
  }

  /** Whether another step comes. */
  boolean hasNext() {
    return begun != null || steps.hasNext();
  }

  /** The next step's share, the caller's to close. */
  Share next() {
    Share next = begun == null ? share() : begun;
    begun = null;
    return next;
  }

  /** Begins the next step, if one comes. */
  void begin() {
    if (begun == null && steps.hasNext()) {
      begun = share();
    }
  }

  private Share share() {
    List<Batch> parts = steps.next();
    int number = before + Math.toIntExact(steps.passed());
    return new Share(number, parts, parts.isEmpty() ? List.of() : targets(parts.get(0)));
  }

  /** What the teacher gives for a micro-batch, the caller's. */
  List<Tensor> targets(Batch part) {
    try (PointerScope scope = new PointerScope()) {
      return objective.targets(Tensors.of(part));
    }
  }

  @Override
  public void close() {
    if (begun != null) {
      begun.close();
    }
    steps.close();
  }
}
