package dev.capstan.torch.internal.refit;

import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.paired.PairedRun;
import org.bytedeco.pytorch.Tensor;

/** Some images on their way through both networks. Owns their activations until closed. */
final class BatchActivations implements AutoCloseable {
  private final Networks networks;
  private final PairedRun run;
  private final long number;
  private final long first;

  /**
   * Before the first step.
   *
   * @param number of the batch among all
   * @param first place of its first image among all
   */
  BatchActivations(Networks networks, Tensor[] images, long number, long first) {
    this.networks = networks;
    this.number = number;
    this.first = first;
    this.run = new PairedRun(networks.original, networks.compressed, networks.differing, images);
  }

  /** The number of the batch among all. */
  long number() {
    return number;
  }

  /** The place of its first image among all, damaged ones included. */
  long first() {
    return first;
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
