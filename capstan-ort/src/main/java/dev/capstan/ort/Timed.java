package dev.capstan.ort;

import dev.capstan.graph.Shape;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model and random inputs for it; a run drops the results. Owns both.
 *
 * @param model the model
 * @param inputs in native memory
 */
record Timed(OrtModel model, OrtModel.Prepared inputs) implements Runnable, AutoCloseable {
  private static final long SEED = 1;

  /**
   * Loads a model, whose open first axes become {@code batch}, and other open ones those of these
   * inputs' shapes.
   */
  static Timed open(Path file, int threads, int batch, Map<String, Shape> sizes) {
    return of(OrtModel.open(file, threads), batch, sizes);
  }

  /** Takes over a model. */
  static Timed of(OrtModel model, int batch, Map<String, Shape> sizes) {
    try {
      return new Timed(model, model.prepare(RandomInputs.draw(model.inputs(), sizes, batch, SEED)));
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
