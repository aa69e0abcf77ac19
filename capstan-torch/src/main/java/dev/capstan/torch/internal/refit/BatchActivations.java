package dev.capstan.torch.internal.refit;

import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.paired.PairedRun;
import org.bytedeco.pytorch.Tensor;

/** Some images on their way through both networks. Owns their activations until closed. */
final class BatchActivations implements AutoCloseable {
  private final Networks networks;
  private final PairedRun run;
  private final long images;

  BatchActivations(Networks networks, Tensor[] images) {
    this.networks = networks;
    this.images = images[0].size(0);
    this.run = new PairedRun(networks.original, networks.compressed, networks.differing, images);
  }

  /** How many images. */
  long images() {
    return images;
  }

  /** The original's values. */
  Values original() {
    return run.original();
  }

  /** The compressed network's values. */
  Values compressed() {
    return run.changed();
  }

  /** Runs both networks up to a layer, and of the original the layer too. */
  void reach(Layer layer) {
    while (run.position() < layer.position()) {
      run.run(networks::infer);
      run.next();
    }
    run.lookAhead(layer.uses().size());
  }

  @Override
  public void close() {
    run.close();
  }
}
