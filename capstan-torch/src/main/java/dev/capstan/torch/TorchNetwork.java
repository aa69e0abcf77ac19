package dev.capstan.torch;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Value;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A network that runs in libtorch. Owns native memory until closed; not thread-safe. */
public final class TorchNetwork implements AutoCloseable {
  private static final int TOP = 5;

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
    this.program = new Program(graph, execution(compute));
  }

  static Execution execution(Compute compute) {
    return new Execution(Precision.named(compute.precision()), compute.threads());
  }

  /** The precision that {@code auto} means here, or the one asked for. */
  public static String precision(Compute compute) {
    return Precision.named(compute.precision()).name().toLowerCase(Locale.ROOT);
  }

  /** The network's outputs, by name, for inputs by name; all float32. */
  public Map<String, Constant> run(Map<String, Constant> inputs) {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] tensors =
          graph.inputs().stream().map(input -> tensor(input, inputs)).toArray(Tensor[]::new);
      Tensor[] outputs = program.run(tensors);
      Map<String, Constant> named = new LinkedHashMap<>();
      for (int i = 0; i < outputs.length; i++) {
        try (Tensor output = outputs[i]) {
          named.put(
              graph.outputs().get(i).name(), Constant.of(Tensors.floats(output), output.shape()));
        }
      }
      return named;
    }
  }

  private static Tensor tensor(Value input, Map<String, Constant> inputs) {
    Constant constant = inputs.get(input.name());
    if (constant == null) {
      throw new IllegalArgumentException("input '" + input.name() + "' is not given");
    }
    return Tensors.of(constant.floats(), constant.sizes());
  }

  /**
   * Accuracy and loss over all images of a labelled set.
   *
   * @throws InvalidInputException if the set's classes do not fit the network's outputs
   */
  public Evaluation evaluate(ImageStore store, int batchSize, WorkListener listener) {
    return evaluate(store, Order.sequential(store.dataset()), batchSize, "evaluate", listener);
  }

  /** The same over the images of an order; the listener is told {@code what} this is. */
  public Evaluation evaluate(
      ImageStore store, Order order, int batchSize, String what, WorkListener listener) {
    Tally tally = new Tally(new TaskLoss(graph));
    try (Batches batches = store.batches(order, Augmentation.NONE, batchSize, threads)) {
      listener.begin(what, batches.count());
      for (long done = 1; batches.hasNext(); done++) {
        tally.add(batches.next(), store.dataset().classes().size());
        listener.advance(done, "");
      }
      listener.end();
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

    void add(Batch batch, int classes) {
      try (PointerScope scope = new PointerScope()) {
        Tensor[] outputs = program.run(Tensors.of(batch.pixels(), batch.shape()));
        try {
          Tensor output = outputs[0];
          LabelCheck.outputs(output.shape(), classes);
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
