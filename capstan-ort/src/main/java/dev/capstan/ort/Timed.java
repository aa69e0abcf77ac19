package dev.capstan.ort;

import java.nio.file.Path;

/**
 * A model and inputs for it; a run drops the results. Owns both.
 *
 * @param model the model
 * @param inputs in native memory
 */
record Timed(OrtModel model, OrtModel.Prepared inputs) implements Runnable, AutoCloseable {
  private static final long SEED = 1;

  /** Loads a model, whose open first axes become {@code batch}. */
  static Timed open(Path file, int threads, int batch, RunInputs given) {
    return of(OrtModel.open(file, threads), batch, given);
  }

  /** Takes over a model. */
  static Timed of(OrtModel model, int batch, RunInputs given) {
    try {
      return new Timed(model, model.prepare(given.draw(model.inputs(), batch, SEED)));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public void run() {
    inputs.run();
  }

  @Override
  public void close() {
    inputs.close();
    model.close();
  }
}
