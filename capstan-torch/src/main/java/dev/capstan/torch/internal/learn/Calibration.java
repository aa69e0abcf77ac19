package dev.capstan.torch.internal.learn;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.rank.Ranks;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * What the original's activations on a few images tell: the mean squared norm of every tensor to
 * compare with, and the second moments of the channels that consumers read.
 */
public final class Calibration {
  private final Graph graph;
  private final ChannelSpaces spaces;
  private final Map<String, Space> watched = new LinkedHashMap<>();
  private final Set<String> compared;
  private final Set<String> read = new HashSet<>();
  private final Map<String, Double> norms = new HashMap<>();
  private final Map<String, double[]> moments = new HashMap<>();
  private final Map<String, double[]> readers = new HashMap<>();
  private long images;

  /** Watches what the consumers of these spaces read, and what is compared. */
  public Calibration(ChannelSpaces spaces, Collection<Space> watched) {
    Graph graph = spaces.graph();
    this.graph = graph;
    this.spaces = spaces;
    Map<String, Basis> all = new HashMap<>();
    for (Space space : watched) {
      this.watched.put(space.name(), space);
      all.put(space.name(), Basis.identity(space.width()));
      space.consumers().forEach(node -> read.add(graph.node(node).inputs().get(0)));
    }
    this.compared = ReconstructionPoint.values(ReconstructionPoint.of(spaces, new Bases(all)));
  }

  /** Images that it has seen. */
  public long images() {
    return images;
  }

  /** Adds the values of one batch. */
  public OriginalRun.Observer batch(long size) {
    images += size;
    return (node, values) -> {
      for (String output : node.outputs()) {
        if (compared.contains(output)) {
          norms.merge(output, Moments.squaredNorm(values.apply(output)), Double::sum);
        }
        ChannelLayout layout = spaces.layout(output);
        if (read.contains(output) && layout != null) {
          addMoments(values.apply(output), layout);
        }
      }
    };
  }

  private void addMoments(Tensor tensor, ChannelLayout layout) {
    long from = 0;
    for (ChannelLayout.Segment segment : layout.segments()) {
      Space space = watched.get(segment.space());
      if (space != null) {
        double[] sums = Moments.of(tensor, layout.axis(), from, space.width(), segment.repeat());
        moments.merge(space.name(), sums, Calibration::sum);
      }
      from += (long) spaces.space(segment.space()).width() * segment.repeat();
    }
  }

  private static double[] sum(double[] a, double[] b) {
    Arrays.setAll(a, i -> a[i] + b[i]);
    return a;
  }

  /** c by value: the mean squared norm for one image. */
  public Map<String, Double> scales() {
    Map<String, Double> scales = new HashMap<>();
    norms.forEach((value, norm) -> scales.put(value, norm / images));
    return scales;
  }

  /** Chooses channels of a watched space, none yet. */
  public GreedySelection selection(Space space) {
    return new GreedySelection(space.width(), mean(space), readers(space), space.groups());
  }

  /** {@code E x_c^2} of each channel of a watched space, summed over places and consumers. */
  public double[] activationEnergies(Space space) {
    return diagonal(mean(space), space.width());
  }

  /** {@code sum w^2} of the weights that read each channel of a watched space. */
  public double[] readerEnergies(Space space) {
    return diagonal(readers(space), space.width());
  }

  private static double[] diagonal(double[] square, int width) {
    double[] diagonal = new double[width];
    Arrays.setAll(diagonal, c -> square[c * (width + 1)]);
    return diagonal;
  }

  /** M = E[x x^T], n x n. */
  private double[] mean(Space space) {
    int elements = space.width() * space.width();
    double[] seen = moments.getOrDefault(space.name(), new double[elements]);
    return Arrays.stream(seen).map(sum -> sum / images).toArray();
  }

  /** It hangs on the weights alone: one computation serves every selection. */
  private double[] readers(Space space) {
    return readers.computeIfAbsent(space.name(), name -> gram(space));
  }

  /** The Gram matrix of what reads a space, n x n: {@code sum W^T W} over its consumers. */
  private double[] gram(Space space) {
    double[] gram = new double[space.width() * space.width()];
    for (String consumer : space.consumers()) {
      Node node = graph.node(consumer);
      for (Binding binding : spaces.bindings(consumer)) {
        Constant weights = graph.constant(node.inputs().get(binding.input()));
        if (binding.role() == Binding.Role.DECODE && weights != null) {
          addReaders(space, weights, binding, gram);
        }
      }
    }
    return gram;
  }

  private void addReaders(Space space, Constant weights, Binding binding, double[] gram) {
    if (binding.groups() > 1) {
      sum(gram, Moments.inGroups(weights, binding.groups()));
      return;
    }
    long from = 0;
    for (ChannelLayout.Segment segment : binding.segments()) {
      Space of = spaces.space(segment.space());
      if (of.equals(space)) {
        sum(gram, Moments.of(weights, binding.axis(), from, of.width(), segment.repeat()));
      }
      from += (long) of.width() * segment.repeat();
    }
  }

  /**
   * The bases that learning starts from: channels chosen one by one. ReLU commutes with a
   * selection, not with a rotation. An oblique basis rebuilds the other channels from them.
   *
   * @param ranks of the spaces watched
   */
  public Bases start(Ranks ranks, BasisForm form) {
    Map<String, Basis> bases = new LinkedHashMap<>();
    for (Space space : watched.values()) {
      GreedySelection chosen = selection(space).to(ranks.of(space));
      bases.put(space.name(), form == BasisForm.TIED ? chosen.selection() : chosen.rebuilding());
    }
    return new Bases(bases);
  }
}
