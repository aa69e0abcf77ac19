package dev.capstan.torch.internal.calibrate;

import dev.capstan.error.InvalidInputException;
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
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.regression.HeldOutImages;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

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
  private final Set<String> consumers = new HashSet<>();

  /** By a value, those that are read and whose moments it gives. */
  private final Map<String, Set<String>> sources = new HashMap<>();

  private final Map<String, Double> norms = new HashMap<>();
  private final Map<String, SpaceMoments> moments = new HashMap<>();
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
      consumers.addAll(space.consumers());
      space.consumers().forEach(node -> read.add(graph.node(node).inputs().get(0)));
    }
    PooledChannels pooled = new PooledChannels(spaces);
    for (String value : read) {
      sources.computeIfAbsent(pooled.source(value), source -> new LinkedHashSet<>()).add(value);
    }
    this.compared = ReconstructionPoint.values(ReconstructionPoint.of(spaces, new Bases(all)));
  }

  /** The spaces whose channels it sees. */
  Watched watched() {
    return Watched.of(spaces, watched.values());
  }

  /** Puts the gradients that all processes have seen in the place of this one's. */
  void totalGradients(ProcessGroup group) {
    if (!group.isAlone()) {
      watched.values().forEach(space -> of(space).totalGradients(group));
    }
  }

  /** The network. */
  Graph graph() {
    return graph;
  }

  /** Values that consumers of the spaces watched read. */
  Set<String> read() {
    return Set.copyOf(read);
  }

  /** Whether a node is such a consumer. */
  boolean isConsumer(Node node) {
    return consumers.contains(node.name());
  }

  /** Adds gradients of the outputs by such a value, as {@link OutputGradients} has them. */
  void addGradients(String value, Tensor gradients) {
    ChannelLayout layout = spaces.layout(value);
    if (layout != null) {
      Tensor single = gradients.to(ScalarType.Float);
      each(single.movedim(layout.axis(), -1), layout, SpaceMoments::addGradients);
    }
  }

  /** Images that it has seen. */
  public long images() {
    return images;
  }

  /** Adds the values of a batch that follows what was seen. */
  public OriginalRun.Observer batch(long size) {
    return batch(images, size);
  }

  /**
   * Adds the values of a batch.
   *
   * @param first place of its first image among all: by it images are left out
   */
  public OriginalRun.Observer batch(long first, long size) {
    HeldOutImages split = new HeldOutImages(first, size);
    images += size;
    return (node, values) -> {
      for (String output : node.outputs()) {
        if (compared.contains(output)) {
          norms.merge(output, Moments.squaredNorm(values.apply(output)), Double::sum);
        }
        if (sources.containsKey(output) || read.contains(output)) {
          addMoments(output, values.apply(output), split);
        }
      }
    };
  }

  /** Puts what all processes have seen in the place of what this one has. */
  void total(ProcessGroup group) {
    if (group.isAlone()) {
      return;
    }
    images = Math.round(group.sum(images));
    String[] values = compared.stream().sorted().toArray(String[]::new);
    double[] sums = Stream.of(values).mapToDouble(v -> norms.getOrDefault(v, 0.0)).toArray();
    group.sum(sums);
    IntStream.range(0, values.length).forEach(i -> norms.put(values[i], sums[i]));
    watched.values().forEach(space -> of(space).total(group));
  }

  private void addMoments(String value, Tensor tensor, HeldOutImages split) {
    ChannelLayout layout = spaces.layout(value);
    if (layout == null) {
      return;
    }
    boolean isSource = sources.containsKey(value);
    boolean isRead = read.contains(value);
    // Of places that are averaged later, each counts as a part of the average.
    double share = isRead ? 1 : 1 / places(tensor, layout);
    try (PointerScope scope = new PointerScope()) {
      Tensor rows = tensor.movedim(layout.axis(), -1);
      for (boolean isLeftOut : new boolean[] {false, true}) {
        each(
            isLeftOut ? split.leftOut(rows) : split.fitted(rows),
            layout,
            (of, sums) -> {
              if (isSource) {
                of.add(sums, share, isLeftOut);
              }
              if (isRead) {
                of.read(sums, isLeftOut);
              }
            });
      }
    }
  }

  private static double places(Tensor tensor, ChannelLayout layout) {
    return (double) tensor.numel() / tensor.size(0) / tensor.size(layout.axis());
  }

  /** Hands the moments of each watched space along a tensor's last axis on. */
  private void each(
      @Nullable Tensor tensor, ChannelLayout layout, BiConsumer<SpaceMoments, float[]> to) {
    long from = 0;
    for (ChannelLayout.Segment segment : layout.segments()) {
      Space space = watched.get(segment.space());
      if (space != null && tensor != null) {
        to.accept(of(space), Moments.of(tensor, -1, from, space.width(), segment.repeat()));
      }
      from += (long) spaces.space(segment.space()).width() * segment.repeat();
    }
  }

  /** A hangs on the weights alone: one computation serves every selection. */
  SpaceMoments of(Space space) {
    return moments.computeIfAbsent(
        space.name(),
        name -> new SpaceMoments(space.width(), gram(space), !space.groups().readAlone()));
  }

  /** Fails where values and weights are so large that nothing can be solved from their squares. */
  private SpaceMoments sound(Space space) {
    SpaceMoments seen = of(space);
    if (!seen.isSound()) {
      throw new InvalidInputException(
          "space '%s': its values, or the weights that read them, are too large for their squares, or no numbers: the weights are damaged, or the preprocessing is wrong (setting 'mean', setting 'std', setting 'range')"
              .formatted(space.name()));
    }
    return seen;
  }

  /** How large values and channels are. */
  public Scales scales() {
    Map<String, Double> values = new HashMap<>();
    norms.forEach((value, norm) -> values.put(value, norm / images));
    Map<String, ChannelScales> channels = new HashMap<>();
    watched.forEach(
        (name, space) ->
            channels.put(
                name, ChannelScales.of(activationEnergies(space), of(space).mean(images))));
    return new Scales(values, channels);
  }

  /** Chooses channels of a watched space, none yet. */
  public GreedySelection selection(Space space) {
    SpaceMoments seen = sound(space);
    return new GreedySelection(
        space.width(), seen.mean(images), seen.weights(), seen.ridge(), space.groups());
  }

  /** Selects these channels, and rebuilds the others from them by least squares. */
  public Basis rebuilding(Space space, int... channels) {
    Rebuilding rebuilding = sound(space).rebuilding(channels, images);
    return rebuilding == null ? selection(space).with(channels).rebuilding() : rebuilding.basis();
  }

  /** {@code E x_c^2} of each channel of a watched space, summed over places and consumers. */
  public double[] activationEnergies(Space space) {
    return Arrays.stream(sound(space).energies()).map(sum -> sum / images).toArray();
  }

  /** {@code sum w^2} of the weights that read each channel of a watched space. */
  public double[] readerEnergies(Space space) {
    return SpaceMoments.diagonal(sound(space).readers());
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
      SpaceMoments.add(gram, Moments.inGroups(weights, binding.groups()), 1);
      return;
    }
    long from = 0;
    for (ChannelLayout.Segment segment : binding.segments()) {
      Space of = spaces.space(segment.space());
      if (of.equals(space)) {
        SpaceMoments.add(
            gram, Moments.of(weights, binding.axis(), from, of.width(), segment.repeat()), 1);
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
