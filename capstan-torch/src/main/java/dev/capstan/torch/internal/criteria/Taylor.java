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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
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

  /** What writes channels of the spaces watched. */
  private final Set<String> producers = new HashSet<>();

  private final Map<String, double[]> scores = new LinkedHashMap<>();

  /** Puts gates on the channels of these spaces. */
  Taylor(ChannelSpaces spaces, Collection<Space> watched, Execution execution) {
    Graph graph = spaces.graph();
    this.spaces = spaces;
    this.program = new Program(graph, execution);
    for (Space space : watched) {
      producers.addAll(space.producers());
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
        Tensor sum = loss.apply(forward(values, ones)).mul(new Scalar((double) images[0].size(0)));
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
          if (producers.contains(step.node().name())) {
            int slot = step.outputs().get(0);
            run.own(slot, gated(run.get(slot), step.node().output(), ones));
          }
        });
    return program.outputs(values);
  }

  private Tensor gated(Tensor output, String value, Map<String, Tensor> ones) {
    ChannelLayout layout = spaces.layout(value);
    if (layout == null) {
      throw new IllegalStateException("value '" + value + "' has no channel axis");
    }
    long[] sizes = new long[(int) output.dim()];
    Arrays.fill(sizes, 1);
    sizes[0] = output.size(0);
    sizes[layout.axis()] = output.size(layout.axis());
    try (PointerScope scope = new PointerScope()) {
      Tensor gate = gate(layout, output.size(0), ones);
      Tensor product = output.mul(gate.view(sizes));
      product.retainReference();
      return product;
    }
  }

  /** The gates along a value's channels, which may be of several spaces: images x channels. */
  private Tensor gate(ChannelLayout layout, long images, Map<String, Tensor> ones) {
    List<ChannelLayout.Segment> segments = layout.segments();
    LongOptional none = new LongOptional();
    Tensor[] gates = new Tensor[segments.size()];
    for (int i = 0; i < gates.length; i++) {
      Space space = spaces.space(segments.get(i).space());
      Tensor own = ones.get(space.name());
      Tensor each = own == null ? torch.ones(images, space.width()) : own;
      gates[i] = each.repeat_interleave(segments.get(i).repeat(), new LongOptional(1), none);
    }
    return torch.cat(new TensorVector(gates), 1);
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
