package dev.capstan.torch.internal.criteria;

import dev.capstan.graph.Graph;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.engine.Values;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How much the loss depends on each channel, to first order (Molchanov et al. 2019, Importance
 * Estimation for Neural Network Pruning, with gates after BatchNorm):
 *
 * <pre>
 *   score_c = sum_images ( dL/dz_c )^2        z_c = 1 a gate on channel c, of every producer
 * </pre>
 *
 * <p>{@code dL/dz_c = sum_{producers, places} y_c dL/dy_c} is the change of an image's loss, to
 * first order, that removing the channel everywhere brings. Owns native memory until closed.
 */
final class Taylor implements AutoCloseable {
  private final ChannelSpaces spaces;
  private final Program program;
  private final Map<String, String> gates = new HashMap<>();
  private final Map<String, double[]> scores = new LinkedHashMap<>();

  /** Puts gates on the channels of these spaces. */
  Taylor(ChannelSpaces spaces, Collection<Space> watched, Execution execution) {
    Graph graph = spaces.graph();
    this.spaces = spaces;
    this.program = new Program(graph, execution);
    for (Space space : watched) {
      space.producers().forEach(node -> gates.put(node, space.name()));
      scores.put(space.name(), new double[space.width()]);
    }
  }

  /**
   * Adds the images of a batch.
   *
   * @param loss of the outputs, mean over images
   */
  void add(Tensor[] images, Function<List<Tensor>, Tensor> loss) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> ones = new HashMap<>();
      scores.forEach(
          (space, score) ->
              ones.put(space, torch.ones(images[0].size(0), score.length).requires_grad_(true)));
      try (Values values = program.begin(images)) {
        Tensor sum =
            loss.apply(forward(values, ones)).mul(new Scalar((double) images[0].size(0)));
        if (sum.requires_grad()) {
          sum.backward();
        }
      }
      scores.forEach(
          (space, score) -> {
            Tensor gradient = Objects.requireNonNull(ones.get(space)).grad();
            // Past an operator that is not known there is none.
            if (gradient.defined()) {
              add(score, gradient);
            }
          });
    }
  }

  private List<Tensor> forward(Values values, Map<String, Tensor> ones) {
    program.walk(
        values,
        (step, run) -> {
          program.execute(step, run);
          Tensor gate = ones.get(gates.get(step.node().name()));
          if (gate != null) {
            int slot = step.outputs().get(0);
            run.own(slot, gated(run.get(slot), step.node().output(), gate));
          }
        });
    return program.graph().outputs().stream()
        .map(output -> values.get(program.slot(output.name())))
        .toList();
  }

  private Tensor gated(Tensor output, String value, Tensor gate) {
    ChannelLayout layout = spaces.layout(value);
    if (layout == null) {
      throw new IllegalStateException("value '" + value + "' has no channel axis");
    }
    long[] sizes = new long[(int) output.dim()];
    Arrays.fill(sizes, 1);
    sizes[0] = gate.size(0);
    sizes[layout.axis()] = gate.size(1);
    try (PointerScope scope = new PointerScope()) {
      Tensor product = output.mul(gate.view(sizes));
      product.retainReference();
      return product;
    }
  }

  /** A gate that no output depends on has no gradient. */
  private static void add(double[] score, Tensor gradient) {
    if (gradient.defined()) {
      double[] more = Tensors.doubles(gradient.square().sum(0));
      for (int c = 0; c < score.length; c++) {
        score[c] += more[c];
      }
    }
  }

  /** The score of each channel. */
  double[] scores(Space space) {
    double[] score = scores.get(space.name());
    if (score == null) {
      throw new IllegalArgumentException("space '" + space.name() + "' was not watched");
    }
    return score.clone();
  }

  @Override
  public void close() {
    program.close();
  }
}
