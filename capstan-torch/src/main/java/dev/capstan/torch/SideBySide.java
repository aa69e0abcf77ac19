package dev.capstan.torch;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A network and its original, to be shown the same images.
 *
 * @param order which images, at least one
 */
record SideBySide(Graph original, Graph network, ImageStore store, Order order, Compute compute) {
  /** Looks at the outputs of a batch, one tensor an output of the graph; they are closed then. */
  interface Observer {
    /** Takes what the original gave, and what the network did. */
    void add(List<Tensor> targets, List<Tensor> outputs, int images);
  }

  /**
   * Runs both on all images.
   *
   * @param batch images a step
   * @param what what the listener is told this is
   */
  void run(int batch, String what, WorkListener listener, Observer observer) {
    try (Program expected = new Program(original, TorchNetwork.execution(compute));
        Program found = new Program(network, TorchNetwork.execution(compute));
        Batches batches = store.batches(order, Augmentation.NONE, batch, compute.threads())) {
      listener.begin(what, batches.count());
      for (long done = 1; batches.hasNext(); done++) {
        show(batches.next(), expected, found, observer);
        listener.advance(done, "");
      }
      listener.end();
    }
  }

  private static void show(Batch batch, Program expected, Program found, Observer observer) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor images = Tensors.of(batch.pixels(), batch.shape());
      Tensor[] targets = expected.run(images);
      Tensor[] outputs = found.run(images);
      try {
        observer.add(List.of(targets), List.of(outputs), batch.size());
      } finally {
        Stream.of(targets, outputs).flatMap(Stream::of).forEach(Tensor::close);
      }
    }
  }
}
