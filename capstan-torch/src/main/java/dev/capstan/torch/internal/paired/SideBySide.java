package dev.capstan.torch.internal.paired;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.engine.BatchLoop;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * A network and its original, to be shown the same images from end to end.
 *
 * @param images at least one
 */
public record SideBySide(Graph original, Graph network, ImageSubset images, Execution execution) {
  /** Images a step. */
  private static final int BATCH = 100;

  /** Looks at the outputs of a batch, one tensor an output of the graph; they are closed then. */
  public interface Observer {
    /** Takes what the original gave of a batch, and what the network did. */
    void add(List<Tensor> targets, List<Tensor> outputs, Batch batch);
  }

  /**
   * Runs both on all images.
   *
   * @param what what the listener is told this is
   */
  public void run(String what, WorkListener listener, Observer observer) {
    try (Program expected = new Program(original, execution);
        Program found = new Program(network, execution);
        Batches batches = images.batches(BATCH, execution.threads())) {
      BatchLoop.run(what, batches, listener, batch -> show(batch, expected, found, observer));
    }
  }

  private static void show(Batch batch, Program expected, Program found, Observer observer) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor[] images = Tensors.of(batch);
      Tensor[] targets = expected.run(images);
      Tensor[] outputs = found.run(images);
      try {
        observer.add(List.of(targets), List.of(outputs), batch);
      } finally {
        Stream.of(targets, outputs).flatMap(Stream::of).forEach(Tensor::close);
      }
    }
  }
}
