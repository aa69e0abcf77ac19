package dev.capstan.torch.internal.checkpoint;

import dev.capstan.recipe.stage.Resume;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The states of a run's stages. A run is a sequence of stages that follows from what was asked for,
 * so the number of a stage among those of its kind says which one it is.
 */
public final class Journal {
  /** Changes with what states hold, and with what stages compute. */
  private static final String VERSION = "1";

  private final @Nullable Resume resume;
  private final Consumer<String> told;
  private final Map<String, Integer> begun = new HashMap<>();

  /**
   * States of a run.
   *
   * @param resume where they lie, null to keep none
   * @param told takes what is found
   */
  public Journal(@Nullable Resume resume, Consumer<String> told) {
    this.resume = resume;
    this.told = told;
  }

  /** The file of the next stage of this kind, null where none is kept. */
  public @Nullable SealedFile next(String kind) {
    Path path = path(kind);
    return path == null
        ? null
        : new SealedFile(
            path, "capstan state of " + kind + " " + VERSION, WriteThrottle.sparing(), told);
  }

  /** The same of a stage with a format of its own. */
  public @Nullable Path path(String kind) {
    int number = begun.merge(kind, 1, Integer::sum);
    return resume == null ? null : resume.folder().resolve(kind + "-" + number);
  }

  /** Whether to go on on another number of threads. */
  public boolean elastic() {
    return resume != null && resume.elastic();
  }
}
