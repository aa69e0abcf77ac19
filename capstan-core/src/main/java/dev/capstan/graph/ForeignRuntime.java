package dev.capstan.graph;

import java.util.Map;

/** Runs operators that there is no kernel for: a service, which whoever has a runtime provides. */
public interface ForeignRuntime {
  /**
   * Loads a model.
   *
   * @return what runs it; the caller's to close
   * @throws dev.capstan.error.InvalidInputException in one line, if the runtime refuses it
   */
  Loaded load(ForeignModel model);

  /** A model that can be run, also by several threads at once. Owns native memory until closed. */
  interface Loaded extends AutoCloseable {
    /**
     * Runs the model once.
     *
     * @param inputs one tensor for each of its inputs, by name
     * @return one tensor for each of its outputs, by name
     * @throws dev.capstan.error.InvalidInputException in one line, if the runtime refuses
     */
    Map<String, Constant> run(Map<String, Constant> inputs);

    @Override
    void close();
  }
}
