package dev.capstan.torch.internal.refit;

import dev.capstan.compress.BasesFile;
import dev.capstan.compress.CompressedNetwork;
import dev.capstan.graph.Constant;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ToldSpaces;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process must know to take its part in a refit.
 *
 * @param state the layers that are done with
 */
record RefitWork(CompressedNetwork network, RefitRecipe recipe, SealedFile.State state) {
  private static final String RECIPE = "recipe";
  private static final String BASES = "bases/";
  private static final String STATE = "state/";

  /** What is told of it. */
  Parcel told() {
    ChannelSpaces spaces = network.spaces();
    Map<String, String> words = new LinkedHashMap<>(state.words());
    words.putAll(ToldSpaces.words(spaces));
    words.put(RECIPE, Parcel.written(recipe));
    Map<String, Constant> tensors = new LinkedHashMap<>();
    BasesFile.tensors(network.bases(), spaces)
        .forEach((name, tensor) -> tensors.put(BASES + name, tensor));
    state.tensors().forEach((name, tensor) -> tensors.put(STATE + name, tensor));
    return new Parcel(Refitting.WORK, words, tensors, List.of(network.original(), network.graph()));
  }

  /** What was told. */
  static RefitWork of(Parcel told) {
    ChannelSpaces spaces = ToldSpaces.of(told);
    Bases bases = BasesFile.of(told.part(BASES), Path.of("rank 0"), spaces);
    return new RefitWork(
        new CompressedNetwork(spaces, bases, told.networks().get(1)),
        told.read(RECIPE, RefitRecipe.class),
        new SealedFile.State(told.part(STATE), told.words()));
  }
}
