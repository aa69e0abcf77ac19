package dev.capstan.torch;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Value;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.engine.BatchLoop;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Guard;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.LabelCheck;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A network that runs in libtorch. Owns native memory until closed; not thread-safe. */
public final class TorchNetwork implements AutoCloseable {
  private static final int TOP = 5;

  /** Images a step of an evaluation. */
  static final int BATCH = 100;

  private final Graph graph;
  private final Program program;
  private final int threads;

  /**
   * Makes a network ready to run.
   *
   * @throws InvalidInputException if an operator cannot be run
   */
  public TorchNetwork(Graph graph, Compute compute) {
    this.graph = graph;
    this.threads = compute.threads();
    this.program = new Program(graph, Execution.of(compute));
  }

  /** The network's outputs, by name, for inputs by name; all float32. */
  public Map<String, Constant> run(Map<String, Constant> inputs) {
    try (PointerScope scope = new PointerScope()) {
      return named(
          graph.inputs().stream().map(input -> tensor(input, inputs)).toArray(Tensor[]::new));
    }
  }

  /** The same for a batch of images. */
  Map<String, Constant> run(Batch batch) {
    try (PointerScope scope = new PointerScope()) {
      return named(Tensors.of(batch));
    }
  }

  private Map<String, Constant> named(Tensor[] inputs) {
    Tensor[] outputs = Guard.run("a run", () -> program.run(inputs));
    Map<String, Constant> named = new LinkedHashMap<>();
    for (int i = 0; i < outputs.length; i++) {
      try (Tensor output = outputs[i]) {
        named.put(
            graph.outputs().get(i).name(), Constant.of(Tensors.floats(output), output.shape()));
      }
    }
    return named;
  }

  private static Tensor tensor(Value input, Map<String, Constant> inputs) {
    Constant constant = inputs.get(input.name());
    if (constant == null) {
      throw new IllegalArgumentException("input '" + input.name() + "' is not given");
    }
    return Tensors.of(constant.floats(), constant.sizes());
  }

  /**
   * Accuracy and loss over labelled images.
   *
   * @param what what the listener is told this is
   * @throws InvalidInputException if the set's classes do not fit the network's outputs
   */
  Evaluation evaluate(ImageSubset images, String what, WorkListener listener) {
    Tally tally = new Tally(new TaskLoss(graph));
    try (Batches batches = images.batches(BATCH, threads)) {
      BatchLoop.run(what, batches, listener, batch -> tally.add(batch, images.dataset()));
    }
    return tally.evaluation();
  }

  /** Counts what was right. */
  private final class Tally {
    private final TaskLoss loss;
    private long images;
    private long first;
    private long amongFive;
    private double lossSum;

    Tally(TaskLoss loss) {
      this.loss = loss;
    }

    void add(Batch batch, Dataset set) {
      try (PointerScope scope = new PointerScope()) {
        Tensor[] outputs = Guard.run("a run", () -> program.run(Tensors.of(batch)));
        try {
          Tensor output = loss.first(List.of(outputs));
          LabelCheck.outputs(output.shape(), set);
          int count = Math.toIntExact(output.size(1));
          lossSum += loss.crossEntropy(output, batch.labels()).item_double() * batch.size();
          rank(Tensors.floats(output), count, batch.labels());
        } finally {
          Stream.of(outputs).forEach(Tensor::close);
        }
      }
    }

    private void rank(float[] scores, int classes, int[] labels) {
      for (int i = 0; i < labels.length; i++) {
        int above = 0;
        float own = scores[i * classes + labels[i]];
        for (int k = 0; k < classes; k++) {
          // An output equal to the class's own counts against it: a constant network earns nothing.
          boolean beats = k != labels[i] && !(scores[i * classes + k] < own);
          above += beats ? 1 : 0;
        }
        first += above == 0 ? 1 : 0;
        amongFive += above < TOP ? 1 : 0;
        images++;
      }
    }

    Evaluation evaluation() {
      return new Evaluation(
          100.0 * first / images, 100.0 * amongFive / images, lossSum / images, images);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
