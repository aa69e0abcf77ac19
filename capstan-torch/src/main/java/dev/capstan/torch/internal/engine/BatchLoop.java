package dev.capstan.torch.internal.engine;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.recipe.WorkListener;
import java.util.List;
import java.util.function.Consumer;

/** Walks over batches while a listener follows. */
public final class BatchLoop {
  private BatchLoop() {}

  /**
   * Hands on all batches, one after the other.
   *
   * @param what what the listener is told this is
   */
  public static void run(
      String what, Batches batches, WorkListener listener, Consumer<Batch> each) {
    listener.begin(what, batches.count());
    for (long done = 1; batches.hasNext(); done++) {
      each.accept(batches.next());
      listener.advance(done, List.of());
    }
    listener.end();
  }
}
