package dev.capstan.torch.internal.refit;

import static java.util.Objects.requireNonNull;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.error.InvalidInputException;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * The images that equations are made of, all at the same layer: both networks run layer by layer
 * over all of them, so that each layer runs once an image, whatever the depth. As many images are
 * on their way as have room; more come in as activations become smaller.
 */
final class LayerwiseBatches implements AutoCloseable {
  private final Networks networks;
  private final Batches batches;
  private final ActivationMemory memory;
  private final List<BatchActivations> entered = new ArrayList<>();
  private @Nullable Batch next;
  private long images;

  /**
   * Nothing is on its way yet.
   *
   * @param memory that activations may take
   */
  LayerwiseBatches(Networks networks, Batches batches, ActivationMemory memory) {
    this.networks = networks;
    this.batches = batches;
    this.memory = memory;
  }

  /** Images on their way. */
  long images() {
    return images;
  }

  /** All images that have room, with both networks before a layer, the original past it. */
  List<BatchActivations> reach(Layer layer) {
    entered.forEach(activations -> activations.reach(layer));
    while (hasNext() && fits(layer.position())) {
      BatchActivations activations = enter();
      entered.add(activations);
      activations.reach(layer);
    }
    if (entered.isEmpty()) {
      throw new InvalidInputException("no images to refit on");
    }
    return entered;
  }

  private boolean hasNext() {
    if (next == null && batches.hasNext()) {
      next = batches.next();
    }
    return next != null;
  }

  private boolean fits(int position) {
    Batch batch = requireNonNull(next);
    return entered.isEmpty() || images + batch.size() <= memory.images(position);
  }

  private BatchActivations enter() {
    Batch batch = requireNonNull(next);
    next = null;
    images += batch.size();
    try (PointerScope scope = new PointerScope()) {
      return new BatchActivations(networks, Tensors.of(batch));
    }
  }

  @Override
  public void close() {
    entered.forEach(BatchActivations::close);
  }
}
