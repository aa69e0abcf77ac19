package dev.capstan.torch.internal.train;

import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.torch.internal.engine.Forecast;
import java.util.List;

/** Tells a listener how training goes, and after a few steps how long it will take. */
final class Progress {
  /** Share of the newest step in the loss shown. */
  private static final double NEWEST = 0.05;

  private final WorkListener listener;
  private final Forecast forecast;
  private final long began = System.nanoTime();
  private long images;
  private double loss = Double.NaN;

  /** Progress over the steps that are still to come. */
  Progress(WorkListener listener, int steps) {
    this.listener = listener;
    this.forecast = new Forecast("training", steps, listener);
  }

  /** A step is done, the {@code done}th of the whole run, on so many images, with this loss. */
  void step(int done, long size, double value) {
    forecast.step();
    images += size;
    loss = Double.isNaN(loss) ? value : loss + NEWEST * (value - loss);
    double rate = images / ((System.nanoTime() - began) * 1e-9);
    listener.advance(done, List.of(new Figure("loss", loss), new Figure("images/s", rate)));
  }
}
