package dev.capstan.pipeline;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.Evaluation;
import dev.capstan.torch.TorchNetwork;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Judges networks by labelled images.
 *
 * @param learning the images to learn from: they tell whether the baseline is near chance where
 *     there are none to judge by
 * @param validation labelled images to judge by, null for none
 */
record Judge(
    ImageStore learning, @Nullable ImageStore validation, Compute compute, WorkListener listener) {
  /** Images a step. */
  static final int BATCH = 100;

  /** Images that tell whether a baseline is near chance. */
  private static final int CHECKED = 1000;

  /** Below this multiple of chance, classes or preprocessing are probably wrong. */
  private static final double NEAR_CHANCE = 2;

  /** Accuracy and loss of a network, null if there is nothing to judge by. */
  @Nullable Evaluation of(Graph graph, String stage) {
    return validation == null ? null : evaluate(graph, validation, stage);
  }

  private Evaluation evaluate(Graph graph, ImageStore store, String stage) {
    try (TorchNetwork network = new TorchNetwork(graph, compute)) {
      return network.evaluate(store, Order.sequential(store.dataset()), BATCH, stage, listener);
    }
  }

  /**
   * Fails where the network does hardly better than chance on labelled images.
   *
   * @param accept only tell
   */
  void checkBaseline(Graph graph, boolean accept) {
    ImageStore store = validation != null ? validation : learning;
    if (!store.dataset().isLabelled()) {
      return;
    }
    double chance = 100.0 / store.dataset().classes().size();
    if (chance > 100 / (NEAR_CHANCE + 1)) {
      return;
    }
    Evaluation few = onFew(graph, store);
    if (few.top1() > NEAR_CHANCE * chance) {
      return;
    }
    String found =
        String.format(
            Locale.ROOT,
            "the network gets %.1f %% of %d labelled images right, chance is %.1f %%: the order of"
                + " the classes (--classes) or the preprocessing (--mean, --std, --channels,"
                + " --range) is probably wrong",
            few.top1(),
            few.images(),
            chance);
    if (!accept) {
      throw new InvalidInputException(found + "; --accept-chance goes on all the same");
    }
    listener.note(found);
  }

  private Evaluation onFew(Graph graph, ImageStore store) {
    int count = Math.min(CHECKED, store.dataset().size());
    try (TorchNetwork network = new TorchNetwork(graph, compute)) {
      return network.evaluate(
          store, Order.shuffled(store.dataset(), 0).limit(count), BATCH, "check", listener);
    }
  }

  /** Images left out. */
  List<String> skipped() {
    return validation == null ? List.of() : validation.skipped();
  }
}
