package dev.capstan.torch.internal.paired;

import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * One run of the original and of a changed network with the same nodes, step by step over the same
 * images. What does not differ is computed once, for both; an activation goes as soon as nothing
 * needs it. Owns the activations until closed, the programs stay the caller's.
 *
 * <p>Autograd follows the changed network alone.
 */
public final class PairedRun implements AutoCloseable {
  private final Program original;
  private final Program changed;
  private final ChangedValues differing;
  private final Values left;
  private final Values right;
  private int position;

  /** How many steps the original has run. */
  private int done;

  /**
   * Before the first step.
   *
   * @param images stay the caller's
   */
  public PairedRun(Program original, Program changed, ChangedValues differing, Tensor[] images) {
    this.original = original;
    this.changed = changed;
    this.differing = differing;
    this.left = original.begin(images);
    this.right = changed.begin(images);
  }

  /** The original's values. */
  public Values original() {
    return left;
  }

  /** The changed network's values. */
  public Values changed() {
    return right;
  }

  /** The number of the next step. */
  public int position() {
    return position;
  }

  /** Whether all steps are done. */
  public boolean isDone() {
    return position == original.steps().size();
  }

  /** The original's next step. */
  public Step step() {
    return original.steps().get(position);
  }

  /** Runs the next step of the original alone, if that is not done yet. */
  public void lookAhead() {
    lookAhead(1);
  }

  /** The same with the next few steps, none of which may write over what another one reads. */
  public void lookAhead(int steps) {
    try (NoGradGuard guard = new NoGradGuard()) {
      for (; done < position + steps; done++) {
        original.infer(original.steps().get(done), left);
      }
    }
  }

  /**
   * Runs the next step of both; their results are there until {@link #next}.
   *
   * @param action runs a step of the changed network that gives other values
   */
  public void run(Program.StepAction action) {
    lookAhead();
    Step other = changed.steps().get(position);
    if (differing.gives(step().node())) {
      action.run(other, right);
    } else {
      share(step(), other);
    }
  }

  private void share(Step step, Step other) {
    for (int i = 0; i < step.outputs().size(); i++) {
      if (step.outputs().get(i) >= 0) {
        Tensor same = new Tensor(left.get(step.outputs().get(i)));
        same.retainReference();
        right.own(other.outputs().get(i), same);
      }
    }
  }

  /** Goes on to the step after, and lets go of what nothing reads from there on. */
  public void next() {
    left.drop(step().lastUses());
    right.drop(changed.steps().get(position).lastUses());
    position++;
  }

  @Override
  public void close() {
    left.close();
    right.close();
  }
}
