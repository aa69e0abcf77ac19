package dev.capstan.torch.internal.calibrate;

import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.op.Opaque;
import dev.capstan.random.Randomness;
import dev.capstan.torch.internal.distributed.BatchSums;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Step;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.loss.TellingImages;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * How much the outputs hang on what the consumers of channels read: an error d there moves them, to
 * first order and with errors at different places taken as independent, by
 *
 * <pre>
 *   E ||J d||^2 = E[ d^T G d ],    G = E[ sum_places g g^T ],    g = d(v . y) / dx,
 * </pre>
 *
 * <p>y being the outputs as their error is measured, v random signs, x what is read. One backward
 * pass gives an image's part of every G. The Gram matrix of the consumers' weights is what is left
 * of it where all that comes behind them is taken for the identity. Source: the factors of Martens
 * and Grosse (2015), Optimizing Neural Networks with Kronecker-factored Approximate Curvature,
 * section 3.
 */
public final class OutputGradients implements BatchSums {
  /** What others take their part in. */
  public static final String WORK = "gradients of the outputs";

  /** Images that are looked at, at most. */
  private static final int IMAGES = 48;

  /** Of those that channels' moments are taken of: a pass costs more than theirs. */
  private static final int SHARE = 4;

  /** Of a detector, those of so many times as many in which it finds most. */
  private static final int POOL = 4;

  private static final int BATCH = 4;

  private static final String LOSS = "loss/";

  /** Bytes that activations may take, all of which a pass keeps, and their gradients. */
  private static final double MEMORY = 1e9;

  /** A forward pass, and a backward one to activations alone. */
  private static final int PASSES = 2;

  private final Calibration calibration;
  private final Program program;
  private final TaskLoss loss;

  /** Values from which every way to the outputs is one that gradients pass. */
  private final Set<String> followed;

  OutputGradients(Calibration calibration, Program program, TaskLoss loss) {
    this.calibration = calibration;
    this.program = program;
    this.loss = loss;
    this.followed = new HashSet<>(calibration.read());
    followed.removeAll(beforeOpaque(program.graph()));
  }

  /** Values that an operator hangs on through which no gradient passes. */
  private static Set<String> beforeOpaque(Graph graph) {
    Set<String> before = new HashSet<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (node.operator() instanceof Opaque || !Collections.disjoint(before, node.outputs())) {
        before.addAll(node.inputs());
      }
    }
    return before;
  }

  /**
   * Shows a calibration the gradients of some images.
   *
   * @param calibration of the network that is run
   * @param images of which a few are taken
   * @param loss measured on the network's outputs
   */
  public static void show(
      Calibration calibration, ImageSubset images, TaskLoss loss, Summation summation) {
    Graph graph = calibration.graph();
    ImageSubset looked = looked(graph, images, summation.execution());
    try (OutputGradients gradients =
        new OutputGradients(calibration, new Program(graph, summation.execution()), loss)) {
      if (!gradients.followed.isEmpty()) {
        summation.unheard().over(WORK, looked, batch(graph), gradients);
      }
    }
  }

  /** What was told of some. */
  public static OutputGradients of(Parcel told, ImageSubset images, Execution execution) {
    Watched watched = Watched.of(told);
    Graph graph = watched.spaces().graph();
    return new OutputGradients(
        new Calibration(watched.spaces(), watched.some()),
        new Program(graph, execution),
        new TaskLoss(graph).measuredBy(told.reals(LOSS)));
  }

  @Override
  public Parcel told() {
    return calibration.watched().told(WORK).withReals(LOSS, loss.measures());
  }

  @Override
  public void add(Batch batch, long first) {
    try (PointerScope scope = new PointerScope()) {
      see(Tensors.of(batch), Randomness.of(batch.indices()[0]));
    }
  }

  @Override
  public void total(ProcessGroup group) {
    calibration.totalGradients(group);
  }

  @Override
  public void close() {
    program.close();
  }

  private static ImageSubset looked(Graph graph, ImageSubset images, Execution execution) {
    int count = count(images.size());
    return TellingImages.tell(graph)
        ? TellingImages.of(
            graph, images.sample(Math.min(images.size(), POOL * count), 0), count, execution)
        : images.sample(count, 0);
  }

  private static int count(int calibrated) {
    return Math.min(IMAGES, Math.max(1, calibrated / SHARE));
  }

  private static int batch(Graph graph) {
    double elements = ShapeInference.leastElements(graph);
    return (int) Math.max(1, Math.min(BATCH, MEMORY / (2 * Float.BYTES * elements)));
  }

  /** Forward runs of one image that this costs beside so many images' moments. */
  public static double runs(Graph graph, int calibrated) {
    int count = count(calibrated);
    int pool = TellingImages.tell(graph) ? Math.min(calibrated, POOL * count) : 0;
    return PASSES * count + pool;
  }

  /** Adds some images. */
  void see(Tensor[] images, SplittableRandom random) {
    Map<String, Tensor> read = new HashMap<>();
    try (PointerScope scope = new PointerScope();
        Values values = program.begin(images)) {
      program.walk(values, (step, run) -> execute(step, run, read));
      Tensor along = loss.along(program.outputs(values), random);
      if (along.requires_grad()) {
        along.backward();
        read.forEach(this::add);
      }
    }
  }

  /** Consumers of a value read a view of it, so that its other readers' gradients stay apart. */
  private void execute(Step step, Values run, Map<String, Tensor> read) {
    Node node = step.node();
    String value = node.inputs().isEmpty() ? "" : node.inputs().get(0);
    if (!calibration.isConsumer(node) || !followed.contains(value)) {
      program.execute(step, run);
      return;
    }
    int slot = step.inputs().get(0);
    Tensor whole = run.take(slot);
    run.put(slot, read.computeIfAbsent(value, name -> watched(whole)));
    program.execute(step, run);
    run.own(slot, whole);
  }

  private static Tensor watched(Tensor value) {
    if (value.requires_grad()) {
      Tensor view = value.view_as(value);
      view.retain_grad();
      return view;
    }
    return value.detach().requires_grad_(true);
  }

  private void add(String value, Tensor read) {
    Tensor gradient = read.grad();
    if (gradient.defined()) {
      calibration.addGradients(value, gradient);
    }
  }
}
