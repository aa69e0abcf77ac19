package dev.capstan.torch.internal.refit;

import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import org.bytedeco.pytorch.Tensor;

/** Some images on their way through both networks. Owns their activations until closed. */
final class BatchActivations implements AutoCloseable {
  private final Networks networks;
  final Values left;
  final Values right;
  private int position;
  private boolean ahead;

  BatchActivations(Networks networks, Tensor images) {
    this.networks = networks;
    this.left = networks.original.begin(images);
    this.right = networks.compressed.begin(images);
  }

  /** Runs both networks up to a step, and of the original that step too. */
  void reach(int target) {
    while (position < target) {
      original();
      compressed();
    }
    original();
  }

  private void original() {
    if (!ahead) {
      networks.original.infer(networks.original.steps().get(position), left);
      ahead = true;
    }
  }

  private void compressed() {
    Step step = networks.original.steps().get(position);
    Step other = networks.compressed.steps().get(position);
    if (networks.isDrifted(position)) {
      networks.infer(position, right);
    } else {
      share(step, other);
    }
    left.drop(step.lastUses());
    right.drop(other.lastUses());
    position++;
    ahead = false;
  }

  private void share(Step step, Step other) {
    for (int i = 0; i < step.outputs().size(); i++) {
      if (step.outputs().get(i) >= 0) {
        Tensor same = new Tensor(left.get(step.outputs().get(i)));
        same.retainReference();
        right.own(other.outputs().get(i), same);
      }
    }
  }

  @Override
  public void close() {
    left.close();
    right.close();
  }
}
