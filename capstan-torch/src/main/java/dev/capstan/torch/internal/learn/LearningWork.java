package dev.capstan.torch.internal.learn;

import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Constant;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ToldSpaces;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a process must know to take its part in the steps of a learning.
 *
 * @param seen images that the loss is measured by
 * @param heldOut those that the course is watched on
 * @param drawn those that are learned from, perhaps some oftener
 * @param state what the steps begin with, and where they are
 */
record LearningWork(
    ChannelSpaces spaces,
    ImageSubset seen,
    ImageSubset heldOut,
    ImageSubset drawn,
    LearnRecipe recipe,
    SealedFile.State state) {
  private static final String RECIPE = "recipe";
  private static final String SEEN = "images seen";
  private static final String HELD_OUT = "images held out";
  private static final String DRAWN = "images drawn";

  /** Tells all others. */
  void send(Exchange exchange) {
    Map<String, String> words = new LinkedHashMap<>(state.words());
    words.putAll(ToldSpaces.words(spaces));
    words.put(RECIPE, Parcel.written(recipe));
    Map<String, Constant> tensors = new LinkedHashMap<>(state.tensors());
    tensors.put(SEEN, Parcel.numbers(seen.indices()));
    tensors.put(HELD_OUT, Parcel.numbers(heldOut.indices()));
    tensors.put(DRAWN, Parcel.numbers(drawn.indices()));
    new Parcel(Learning.WORK, words, tensors, List.of(spaces.graph())).send(exchange);
  }

  /**
   * What was told.
   *
   * @param store of the images
   */
  static LearningWork of(Parcel parcel, ImageStore store) {
    return new LearningWork(
        ToldSpaces.of(parcel),
        ImageSubset.of(store, parcel.numbers(SEEN)),
        ImageSubset.of(store, parcel.numbers(HELD_OUT)),
        ImageSubset.of(store, parcel.numbers(DRAWN)),
        parcel.read(RECIPE, LearnRecipe.class),
        new SealedFile.State(parcel.tensors(), parcel.words()));
  }
}
