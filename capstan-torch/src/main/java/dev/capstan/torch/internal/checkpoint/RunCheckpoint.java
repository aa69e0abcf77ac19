package dev.capstan.torch.internal.checkpoint;

import dev.capstan.error.InvalidInputException;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Training;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a training keeps its state, if anywhere, and goes on from: only in a run that is the same
 * in all that its bits hang on.
 */
public final class RunCheckpoint {
  /** How a run's words end. */
  private static final Pattern THREADS = Pattern.compile(" on \\d+ threads$");

  private final @Nullable Path file;
  private final boolean elastic;
  private final String run;
  private final String threads;
  private final WriteThrottle throttle = WriteThrottle.sparing();

  /**
   * That of a run.
   *
   * @param training says where it is kept, and whether another number of threads may go on
   * @param run all else that its bits hang on, in words
   * @param threads that sums over a batch are taken on, in an order that hangs on their number
   */
  public RunCheckpoint(Training training, String run, int threads) {
    this.file = training.checkpoint();
    this.elastic = training.elastic();
    this.threads = " on %d threads".formatted(threads);
    this.run = run + this.threads;
  }

  /** All that the run's bits hang on, in words. */
  public String run() {
    return run;
  }

  /**
   * The state that an earlier start has left, null for none.
   *
   * @param steps of the whole run
   * @param listener is told of a damaged state that the one before it stands in for
   * @throws InvalidInputException if it belongs to another run
   */
  public @Nullable TrainingState left(int steps, WorkListener listener) {
    TrainingState state = file == null ? null : Checkpoint.last(file, listener::note);
    if (state == null) {
      return null;
    }
    if (!isOf(state.run())) {
      throw new InvalidInputException(
          "%s: a checkpoint of another run (%s, now %s): give another file or remove it"
              .formatted(file, state.run(), run));
    }
    if (state.step() < 0 || state.step() > steps) {
      throw new InvalidInputException(
          "%s: the checkpoint is damaged: expected 0 to %d steps done, found %d; remove it"
              .formatted(file, steps, state.step()));
    }
    return state;
  }

  /**
   * Former checkpoints said not what takes the steps, how rates fall, that images are shifted to
   * the end, nor on how many threads.
   */
  private boolean isOf(String left) {
    String named =
        left.replace("Schedule[epochs", "Schedule[optimizer=MUON, epochs")
            .replace("], loss=", "], decay=COSINE, loss=")
            .replaceFirst("(cutout=\\d+, )seed=", "$1unshifted=0.0, seed=");
    String whole = THREADS.matcher(named).find() ? named : named + threads;
    return whole.equals(run)
        || (elastic && THREADS.matcher(whole).replaceFirst(threads).equals(run));
  }

  /** Keeps a state now. */
  public void save(Supplier<TrainingState> state) {
    if (file != null) {
      Checkpoint.write(state.get(), file);
    }
  }

  /** Keeps a state if the last one was kept long enough ago. */
  public void keep(Supplier<TrainingState> state) {
    throttle.write(() -> save(state));
  }
}
