package dev.capstan.learn;

import dev.capstan.compress.Compression;
import dev.capstan.engine.Execution;
import dev.capstan.engine.Program;
import dev.capstan.engine.Step;
import dev.capstan.engine.Values;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Node;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Layout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Runs the original and the compressed network side by side, in topological order, and sums up how
 * far they are apart at the taps. An activation of the original is dropped as soon as it was
 * compared and used. Owns the weights of both until closed.
 *
 * <p>What no compressed space has touched is computed once, for both.
 */
final class Lockstep implements AutoCloseable {
  /**
   * What a run gives.
   *
   * @param rho mean over the taps of {@code ||t - t'||^2 / c}, a scalar that autograd follows
   * @param original outputs of the original, in the graph's order
   * @param compressed outputs of the compressed network
   */
  record Result(Tensor rho, List<Tensor> original, List<Tensor> compressed) {}

  private final ChannelSpaces spaces;
  private final Execution execution;
  private final Program original;
  private final Program compressed;
  private final Map<String, Tap> taps;
  private final Set<Integer> touched;

  /**
   * Makes both networks ready.
   *
   * @param graph the original, folded
   * @param bases bases whose ranks the compressed network has
   */
  Lockstep(Graph graph, ChannelSpaces spaces, Bases bases, Execution execution) {
    this.spaces = spaces;
    this.execution = execution;
    this.taps = Tap.of(graph, spaces, bases);
    this.original = new Program(graph, execution);
    this.compressed = new Program(Compression.apply(graph, spaces, bases), execution);
    this.touched = touched(bases);
  }

  /** The steps whose outputs differ between the networks, by position. */
  private Set<Integer> touched(Bases bases) {
    Set<Integer> steps = new HashSet<>();
    Set<String> values = new HashSet<>();
    for (int i = 0; i < original.steps().size(); i++) {
      Node node = original.steps().get(i).node();
      boolean bound =
          spaces.bindings(node.name()).stream()
              .flatMap(binding -> binding.segments().stream())
              .anyMatch(segment -> bases.contains(segment.space()));
      if (bound || node.inputs().stream().anyMatch(values::contains)) {
        steps.add(i);
        values.addAll(node.outputs());
      }
    }
    return steps;
  }

  /**
   * Runs both networks.
   *
   * @param bases bases by space
   * @param scales c by tapped value: its mean squared norm for one image
   */
  Result run(Tensor images, Map<String, Projector.Pair> bases, Map<String, Double> scales) {
    try (Values left = original.begin(images);
        Values right = compressed.begin(images)) {
      return new Run(left, right, new Projector(spaces, bases), bases, scales).run(images.size(0));
    }
  }

  /** The state of one run. */
  private final class Run {
    private final Values left;
    private final Values right;
    private final Projector projector;
    private final Map<String, Projector.Pair> bases;
    private final Map<String, Double> scales;
    private final Map<String, Tensor> awaited = new HashMap<>();
    private final List<Tensor> distances = new ArrayList<>();

    Run(
        Values left,
        Values right,
        Projector projector,
        Map<String, Projector.Pair> bases,
        Map<String, Double> scales) {
      this.left = left;
      this.right = right;
      this.projector = projector;
      this.bases = bases;
      this.scales = scales;
    }

    Result run(long batch) {
      Map<String, Tap> real = new LinkedHashMap<>();
      taps.values().stream().filter(t -> !t.virtual()).forEach(t -> real.put(t.value(), t));
      for (int i = 0; i < original.steps().size(); i++) {
        Step step = original.steps().get(i);
        try (NoGradGuard guard = new NoGradGuard()) {
          original.execute(step, left);
        }
        Step other = compressed.steps().get(i);
        if (touched.contains(i)) {
          execute(other);
        } else {
          share(step, other);
        }
        String output = step.node().output();
        if (real.containsKey(output)) {
          awaited.put(output, right.get(compressed.slot(output)));
        }
        compare(output, batch);
        left.drop(step.lastUses());
        right.drop(other.lastUses());
      }
      return new Result(mean(), outputs(original, left), outputs(compressed, right));
    }

    private Tensor mean() {
      if (distances.isEmpty()) {
        throw new InvalidInputException(
            "every layer to compare gives zeros on the calibration images: check the model and the"
                + " preprocessing");
      }
      Tensor sum = distances.get(0);
      for (Tensor distance : distances.subList(1, distances.size())) {
        sum = sum.add(distance);
      }
      return sum.mul(new Scalar(1.0 / distances.size()));
    }

    private List<Tensor> outputs(Program program, Values values) {
      return program.graph().outputs().stream()
          .map(output -> values.take(program.slot(output.name())))
          .toList();
    }

    private void share(Step step, Step other) {
      for (int i = 0; i < step.outputs().size(); i++) {
        right.own(other.outputs().get(i), new Tensor(left.get(step.outputs().get(i))));
      }
    }

    /** One step of the compressed network, with weights made from the bases. */
    private void execute(Step step) {
      Tap tap = taps.get(step.node().name());
      boolean virtual = tap != null && tap.virtual();
      @Nullable Tensor[] operands = operands(step, virtual);
      Tensor[] results = step.execute(operands, execution.precision());
      if (tap != null && virtual) {
        Tensor full = results[0];
        awaited.put(tap.value(), activated(tap, full));
        results[0] = retained(Projector.encode(full, encoder(step.node())));
        full.close();
      }
      for (int i = 0; i < results.length; i++) {
        right.own(step.outputs().get(i), results[i]);
      }
    }

    private @Nullable Tensor[] operands(Step step, boolean fullWidth) {
      Node before = original.graph().node(step.node().name());
      @Nullable Tensor[] operands = new Tensor[step.inputs().size()];
      for (int i = 0; i < operands.length; i++) {
        int slot = step.inputs().get(i);
        operands[i] = slot < 0 ? null : right.get(slot);
      }
      Map<Integer, Tensor> made = new HashMap<>();
      for (Binding binding : spaces.bindings(before.name())) {
        if (projector.isCompressed(binding)) {
          Tensor weights = made.get(binding.input());
          Tensor from =
              weights != null
                  ? weights
                  : original.constants().get(before.inputs().get(binding.input()));
          boolean keep = fullWidth && binding.role() == Binding.Role.ENCODE;
          made.put(binding.input(), keep ? from : projector.apply(from, binding));
        }
      }
      made.forEach((input, weights) -> operands[input] = weights);
      return operands;
    }

    private Tensor activated(Tap tap, Tensor full) {
      if (tap.activation() == null) {
        return new Tensor(full);
      }
      Step activation = original.steps().get(original.graph().nodes().indexOf(tap.activation()));
      return activation.execute(new Tensor[] {full}, execution.precision())[0];
    }

    private Tensor encoder(Node node) {
      Layout layout = spaces.layout(original.graph().node(node.name()).output());
      Projector.Pair pair = layout == null ? null : bases.get(layout.segments().get(0).space());
      if (pair == null) {
        throw new IllegalStateException("node '" + node.name() + "' writes no compressed space");
      }
      return pair.encode();
    }

    private void compare(String value, long batch) {
      Tensor mine = awaited.remove(value);
      Double scale = scales.get(value);
      if (mine == null || scale == null || scale == 0) {
        return;
      }
      Tensor target = left.get(original.slot(value));
      // A sum of squares in half precision would keep two or three digits.
      ScalarType type = execution.precision().storage();
      Tensor squared = torch.mse_loss(mine.to(type), target.to(type), SUM);
      distances.add(squared.mul(new Scalar(1 / (scale * batch))));
    }
  }

  /** libtorch's number for a loss that is summed up. */
  private static final long SUM = 2;

  private static Tensor retained(Tensor tensor) {
    tensor.retainReference();
    return tensor;
  }

  /** The bases of a compressed network as tensors that do not learn. */
  static Projector.Pair fixed(Basis basis) {
    Tensor encode = matrix(basis.encode());
    return new Projector.Pair(
        encode, basis.decode() == basis.encode() ? encode : matrix(basis.decode()));
  }

  static Tensor matrix(dev.capstan.space.Matrix matrix) {
    return dev.capstan.engine.Tensors.of(matrix.values(), matrix.rows(), matrix.columns());
  }

  @Override
  public void close() {
    original.close();
    compressed.close();
  }
}
