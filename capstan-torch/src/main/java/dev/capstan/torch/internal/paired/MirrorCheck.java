package dev.capstan.torch.internal.paired;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.image.Augmentation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.InferenceBatch;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Whether a network says of mirror images what it says of the images: of text or maps it does not.
 */
public final class MirrorCheck {
  private static final int BATCH = 16;

  /** Of images some half are mirrored; the same choice whatever the run. */
  private static final Augmentation HALF = new Augmentation(0, true, 1);

  /** What mirroring may change in them: the class of a quarter, a quarter of what outputs vary. */
  private static final double MOST = 0.25 / 2;

  private final Program program;
  private final TaskLoss loss;
  private final OutputErrors errors;
  private double changed;
  private long images;

  private MirrorCheck(Graph graph, Program program) {
    this.program = program;
    this.loss = new TaskLoss(graph);
    this.errors = new OutputErrors(graph, graph);
  }

  /**
   * Compares what a network gives of images, and of the same ones of which half are mirrored.
   *
   * @param images at least one
   */
  public static boolean passes(Graph graph, ImageSubset images, Execution execution) {
    int threads = execution.threads();
    int size = InferenceBatch.of(graph, BATCH);
    try (NoGradGuard guard = new NoGradGuard();
        Program program = new Program(graph, execution);
        Batches plain = images.batches(size, threads);
        Batches half = images.store().batches(images.inOrder(), HALF, size, threads)) {
      MirrorCheck check = new MirrorCheck(graph, program);
      while (plain.hasNext() && half.hasNext()) {
        check.add(plain.next(), half.next());
      }
      return check.changed() <= MOST;
    }
  }

  private void add(Batch plain, Batch half) {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] targets = program.run(Tensors.of(plain));
      Tensor[] outputs = program.run(Tensors.of(half));
      try {
        images += plain.size();
        if (loss.ofClasses()) {
          changed += best(targets).ne(best(outputs)).sum().item_double();
        } else {
          errors.add(List.of(targets), List.of(outputs), plain.size());
        }
      } finally {
        Stream.of(targets, outputs).flatMap(Stream::of).forEach(Tensor::close);
      }
    }
  }

  private double changed() {
    return loss.ofClasses() ? changed / images : errors.squared();
  }

  private Tensor best(Tensor[] outputs) {
    return loss.first(List.of(outputs)).argmax(new LongOptional(1), false);
  }
}
