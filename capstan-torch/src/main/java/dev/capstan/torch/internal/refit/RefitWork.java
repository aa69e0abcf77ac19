package dev.capstan.torch.internal.refit;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.graph.Constant;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ToldCompression;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a process must know to take its part in a refit.
 *
 * @param state the layers that are done with
 */
record RefitWork(CompressedNetwork network, RefitRecipe recipe, SealedFile.State state) {
  private static final String RECIPE = "recipe";
  private static final String STATE = "state/";

  /** What is told of it. */
  Parcel told() {
    Map<String, String> words = new LinkedHashMap<>(state.words());
    words.put(RECIPE, Parcel.written(recipe));
    Map<String, Constant> tensors = new LinkedHashMap<>();
    state.tensors().forEach((name, tensor) -> tensors.put(STATE + name, tensor));
    return ToldCompression.parcel(Refitting.WORK, network).with(words, tensors);
  }

  /** What was told. */
  static RefitWork of(Parcel told) {
    return new RefitWork(
        ToldCompression.of(told),
        told.read(RECIPE, RefitRecipe.class),
        new SealedFile.State(told.part(STATE), told.words()));
  }
}
