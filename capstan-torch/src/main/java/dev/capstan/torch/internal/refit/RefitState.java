package dev.capstan.torch.internal.refit;

import dev.capstan.graph.Constant;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The layers that a refit has done with, whether their weights were replaced or stayed. */
final class RefitState {
  private static final String DONE = "done ";
  private static final String WEIGHTS = "weights/";
  private static final String BIAS = "bias/";

  private final @Nullable SealedFile file;
  private final Map<String, Constant> tensors = new LinkedHashMap<>();
  private final Set<String> done = new LinkedHashSet<>();

  /**
   * The state of one refit.
   *
   * @param file where it lies, null to keep none
   */
  RefitState(@Nullable SealedFile file) {
    this.file = file;
    SealedFile.State found = file == null ? null : file.read();
    if (found != null && file != null) {
      set(found);
      file.told().accept("refit: %d layers were solved for before".formatted(done.size()));
    }
  }

  /** What another process keeps, as it was told. */
  static RefitState told(SealedFile.State told) {
    RefitState state = new RefitState(null);
    state.set(told);
    return state;
  }

  private void set(SealedFile.State found) {
    found.tensors().forEach(tensors::put);
    found.words().keySet().stream()
        .filter(word -> word.startsWith(DONE))
        .forEach(word -> done.add(word.substring(DONE.length())));
  }

  /** Whether a layer is done with; one whose weights do not fit is not. */
  boolean isDone(Layer layer) {
    Layer.Solved solved = solved(layer);
    boolean fits =
        solved == null
            || (Arrays.equals(solved.weights().sizes(), layer.weights().sizes())
                && solved.bias().elements() == layer.outputs());
    return done.contains(layer.name()) && fits;
  }

  /** What takes the place of a layer that is done; null where it stays. */
  Layer.@Nullable Solved solved(Layer layer) {
    Constant weights = tensors.get(WEIGHTS + layer.name());
    Constant bias = tensors.get(BIAS + layer.name());
    return weights == null || bias == null ? null : new Layer.Solved(layer, weights, bias);
  }

  /** Takes down a layer. */
  void add(Layer layer, Layer.@Nullable Solved solved) {
    if (file == null) {
      return;
    }
    done.add(layer.name());
    if (solved != null) {
      tensors.put(WEIGHTS + layer.name(), solved.weights());
      tensors.put(BIAS + layer.name(), solved.bias());
    }
    file.offer(this::state);
  }

  /** Keeps all layers. */
  void write() {
    if (file != null) {
      file.write(state());
    }
  }

  /** What is kept of it, or told. */
  SealedFile.State state() {
    Map<String, String> words = new LinkedHashMap<>();
    done.forEach(layer -> words.put(DONE + layer, ""));
    return new SealedFile.State(tensors, words);
  }
}
