package dev.capstan.torch.internal.train;

import dev.capstan.data.DataSplit;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.torch.internal.checkpoint.Checkpoint;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.checkpoint.TrainingState;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.Parcel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * What a process must know to take its part in the steps of a training.
 *
 * @param graph as it is before the first step
 * @param teacher null to learn from labels alone
 * @param features of both, null for none; stay the caller's
 * @param drawn images that are learned from, perhaps some oftener
 * @param left the state that it goes on from, null where it begins
 */
record TrainingWork(
    Graph graph,
    @Nullable Graph teacher,
    @Nullable Features features,
    ImageSubset drawn,
    @Nullable TrainingState left) {
  private static final String RECIPE = "recipe";
  private static final String SEEN = "images seen";
  private static final String HELD_OUT = "images held out";
  private static final String DRAWN = "images drawn";
  private static final String LEFT = "run";

  /**
   * Tells all others.
   *
   * @param images that the loss is measured by
   * @param heldOut those that the course is watched on
   */
  void send(TrainRecipe recipe, ImageSubset images, ImageSubset heldOut, Exchange exchange) {
    Map<String, String> words = new LinkedHashMap<>();
    Map<String, Constant> tensors = new LinkedHashMap<>();
    if (left != null) {
      SealedFile.State state = Checkpoint.content(left);
      words.putAll(state.words());
      tensors.putAll(state.tensors());
    }
    if (features != null) {
      tensors.putAll(features.told());
    }
    words.put(RECIPE, Parcel.written(recipe));
    tensors.put(SEEN, Parcel.numbers(images.indices()));
    tensors.put(HELD_OUT, Parcel.numbers(heldOut.indices()));
    tensors.put(DRAWN, Parcel.numbers(drawn.indices()));
    List<Graph> networks = Stream.of(graph, teacher).filter(network -> network != null).toList();
    new Parcel(FineTuning.WORK, words, tensors, networks).send(exchange);
  }

  /** The recipe that was told. */
  static TrainRecipe recipe(Parcel parcel) {
    return parcel.read(RECIPE, TrainRecipe.class);
  }

  /** The images that the loss is measured by, and those that the course is watched on. */
  static DataSplit split(Parcel parcel, ImageStore store) {
    ImageSubset seen = ImageSubset.of(store, parcel.numbers(SEEN));
    return new DataSplit(seen, ImageSubset.of(store, parcel.numbers(HELD_OUT)), seen);
  }

  /**
   * What was told; its features are the caller's to close.
   *
   * @param type in which features are compared
   */
  static TrainingWork of(Parcel parcel, ImageStore store, ScalarType type) {
    SealedFile.State state = new SealedFile.State(parcel.tensors(), parcel.words());
    return new TrainingWork(
        parcel.networks().get(0),
        parcel.networks().size() > 1 ? parcel.networks().get(1) : null,
        Features.of(parcel.tensors(), type),
        ImageSubset.of(store, parcel.numbers(DRAWN)),
        parcel.words().containsKey(LEFT) ? Checkpoint.of(state, Path.of("rank 0")) : null);
  }
}
