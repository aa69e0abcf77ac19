package dev.capstan.torch.internal.sensitivity;

import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.loss.TaskLoss;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A network and, for each space, the part of it that lies after the space. Owns the network's
 * weights until closed.
 */
final class Reruns implements AutoCloseable {
  /** Bytes of the original's activations that are kept for a batch, at most. */
  private static final long KEPT = 1L << 29;

  private static final int BATCH = 64;

  private final Graph graph;
  private final Program program;
  private final TaskLoss loss;
  private final Map<String, Rerun> reruns;
  private final Set<String> kept = new HashSet<>();

  Reruns(ChannelSpaces spaces, List<Space> measured, TaskLoss loss, Execution execution) {
    Graph graph = spaces.graph();
    this.graph = graph;
    this.program = new Program(graph, execution);
    this.loss = loss;
    this.reruns =
        measured.stream()
            .collect(
                Collectors.toMap(
                    Space::name, space -> new Rerun(program, spaces, space, execution)));
    graph.outputs().forEach(output -> kept.add(output.name()));
    reruns.values().forEach(rerun -> kept.addAll(rerun.frontier()));
  }

  /** Images a batch, so that what is kept of the original stays within bounds. */
  int batchSize() {
    Map<String, TensorType> types = ShapeInference.of(graph);
    long bytes = 1;
    for (String value : kept) {
      TensorType type = types.get(value);
      // Of one image: an open extent is the batch.
      bytes += type == null ? 0 : Float.BYTES * type.shape().leastElements();
    }
    return (int) Math.max(1, Math.min(BATCH, KEPT / bytes));
  }

  /**
   * Tries all ranks of all spaces on a batch.
   *
   * @param done is told how many of the spaces are
   * @return errors summed over its images, space by space in the order of the ranks
   */
  double[] measure(Tensor[] images, List<Trials> trials, IntConsumer done) {
    DoubleStream.Builder errors = DoubleStream.builder();
    try (Values original = original(images)) {
      List<Tensor> targets = program.outputs(original);
      for (int i = 0; i < trials.size(); i++) {
        Trials ofSpace = trials.get(i);
        Rerun rerun = rerun(ofSpace.space());
        for (Basis basis : ofSpace.bases()) {
          errors.add(images[0].size(0) * error(targets, rerun.run(images, original, basis)));
        }
        done.accept(i + 1);
      }
    }
    return errors.build().toArray();
  }

  /** The part after a space. */
  Rerun rerun(Space space) {
    Rerun rerun = reruns.get(space.name());
    if (rerun == null) {
      throw new IllegalArgumentException("space '" + space.name() + "' is not measured");
    }
    return rerun;
  }

  /** Runs the original; what reruns read of it stays. */
  Values original(Tensor[] images) {
    try (NoGradGuard guard = new NoGradGuard()) {
      Values values = program.begin(images);
      Set<Integer> slots = kept.stream().map(program::slot).collect(Collectors.toSet());
      for (Step step : program.steps()) {
        program.infer(step, values);
        values.drop(step.lastUses().stream().filter(slot -> !slots.contains(slot)).toList());
      }
      return values;
    }
  }

  private double error(List<Tensor> targets, List<Tensor> outputs) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      return loss.outputError(single(targets), single(outputs)).item_double();
    } finally {
      outputs.forEach(Tensor::close);
    }
  }

  /** Half precision would drown small rises in rounding. */
  private static List<Tensor> single(List<Tensor> outputs) {
    return outputs.stream().map(output -> output.to(ScalarType.Float)).toList();
  }

  @Override
  public void close() {
    program.close();
  }
}
