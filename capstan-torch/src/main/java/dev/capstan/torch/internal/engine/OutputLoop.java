package dev.capstan.torch.internal.engine;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Runs a network over a few images for the sake of its outputs, which nobody waits for. */
public final class OutputLoop {
  private static final int BATCH = 16;

  private OutputLoop() {}

  /**
   * Hands on what it gives of each batch, without gradients.
   *
   * @param each takes one tensor an output of the graph, which are closed then, and the batch
   */
  public static void run(
      Graph graph, ImageSubset images, Execution execution, BiConsumer<List<Tensor>, Batch> each) {
    try (NoGradGuard guard = new NoGradGuard();
        Program program = new Program(graph, execution);
        Batches batches = images.batches(InferenceBatch.of(graph, BATCH), execution.threads())) {
      batches.forEachRemaining(batch -> show(program, batch, each));
    }
  }

  private static void show(Program program, Batch batch, BiConsumer<List<Tensor>, Batch> each) {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] outputs = program.run(Tensors.of(batch));
      try {
        each.accept(List.of(outputs), batch);
      } finally {
        Arrays.stream(outputs).forEach(Tensor::close);
      }
    }
  }
}
