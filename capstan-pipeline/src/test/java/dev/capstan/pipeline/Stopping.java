package dev.capstan.pipeline;

import dev.capstan.recipe.WorkListener;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Stops training after so many steps. */
public final class Stopping implements WorkListener {
  private final int steps;
  private boolean trains;

  /** After the step of this number. */
  public Stopping(int steps) {
    this.steps = steps;
  }

  @Override
  public void begin(String what, long all) {
    trains = what.equals("train");
  }

  @Override
  public void advance(long done, List<Figure> figures) {
    if (trains && done == steps) {
      throw new CancellationException("stopped");
    }
  }
}
