package dev.capstan.rewrite;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.DeformConv;
import dev.capstan.graph.op.Gemm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * BatchNormalization into the Conv, DeformConv, ConvTranspose or Gemm before it (docs/method.md,
 * section 3): {@code W' = s W}, {@code b' = s (b - mean) + shift}, with {@code s = scale /
 * sqrt(variance + epsilon)}; and so a product or sum with a constant of one number a channel
 * (Caffe's Scale).
 *
 * <p>The pattern needs constant weights and a product that only the normalization reads. Weights
 * that several products read are folded where all of them have a normalization of the same scale:
 * they stay shared, as does a bias that comes out the same. Scales that differ (a head over several
 * sizes, each with its own statistics) stay where they are, since folding them would make as many
 * kernels of one.
 */
public final class FoldBatchNorm implements Rule {
  /** Products that read one kernel and fold: each is compared with all of them. */
  private static final int MOST_SHARING = 256;

  /**
   * A product and the normalization behind it.
   *
   * @param bias the product's, null for none
   */
  private record Pair(Node product, Node norm, ChannelAffine affine, @Nullable Constant bias) {
    String kernel() {
      return product.inputs().get(1);
    }

    boolean hasBias() {
      return product.hasInput(biasInput(product));
    }

    float[] newBias() {
      return affine.moved(bias);
    }

    /** Whose name the new bias may have: the product's bias, or else the shift. */
    @Nullable String oldBias() {
      if (hasBias()) {
        return product.inputs().get(biasInput(product));
      }
      return norm.inputs().size() > 2 ? norm.inputs().get(2) : null;
    }
  }

  /** Folds what was put into a graph since it was this one; its own normalizations stay. */
  public static Rule allBut(Graph source) {
    Set<String> own = source.nodes().stream().map(Node::name).collect(Collectors.toSet());
    FoldBatchNorm fold = new FoldBatchNorm();
    return (graph, node) -> own.contains(node.name()) ? Optional.empty() : fold.apply(graph, node);
  }

  @Override
  public Optional<Replacement> apply(Graph graph, Node norm) {
    int operand = ChannelAffine.operand(graph, norm);
    Node product = operand < 0 ? null : graph.producer(norm.inputs().get(operand));
    Pair pair = product == null ? null : pair(graph, product);
    List<Pair> all = pair == null ? null : alike(graph, pair);
    return pair == null || all == null ? Optional.empty() : Optional.of(fold(graph, pair, all));
  }

  private static @Nullable Pair pair(Graph graph, Node product) {
    Node norm = graph.soleReader(product.output());
    int axis = outputAxis(product);
    Constant kernel = axis < 0 ? null : graph.constant(product.inputs().get(1));
    if (norm == null || kernel == null) {
      return null;
    }
    int channels = kernel.size(axis) * (axis == 0 ? 1 : groups(product));
    ChannelAffine affine = ChannelAffine.of(graph, norm, kernel.rank(), channels);
    int place = biasInput(product);
    Constant bias = product.hasInput(place) ? graph.constant(product.inputs().get(place)) : null;
    boolean fits = bias == null ? !product.hasInput(place) : isPerChannel(bias, channels);
    return affine != null && fits ? new Pair(product, norm, affine, bias) : null;
  }

  /** A Gemm's bias may be broadcast. */
  private static boolean isPerChannel(Constant bias, int channels) {
    return bias.rank() == 1 && bias.elements() == channels;
  }

  /** The axis of the weights that holds the outputs, -1 if this operator cannot take a fold. */
  private static int outputAxis(Node product) {
    if (product.operator() instanceof Conv || product.operator() instanceof DeformConv) {
      return 0;
    }
    if (product.operator() instanceof ConvTranspose) {
      return 1;
    }
    boolean plain =
        product.operator() instanceof Gemm gemm && gemm.alpha() == 1 && gemm.beta() == 1;
    return plain ? (((Gemm) product.operator()).transB() ? 0 : 1) : -1;
  }

  private static int groups(Node product) {
    return product.operator() instanceof ConvTranspose transposed ? transposed.groups() : 1;
  }

  /** All that read the kernel of a pair, this one among them; null if they do not fold alike. */
  private static @Nullable List<Pair> alike(Graph graph, Pair pair) {
    List<Pair> all = new ArrayList<>();
    List<Node> readers = graph.readers(pair.kernel());
    if (readers.size() > MOST_SHARING) {
      return null;
    }
    for (Node reader : readers) {
      Pair other = reader.equals(pair.product()) ? pair : pair(graph, reader);
      boolean alike =
          other != null
              && other.kernel().equals(pair.kernel())
              && outputAxis(reader) == outputAxis(pair.product())
              && groups(reader) == groups(pair.product())
              && other.affine().hasScaleOf(pair.affine());
      if (!alike) {
        return null;
      }
      all.add(other);
    }
    return graph.isReadOutside(pair.kernel()) ? null : all;
  }

  private static Replacement fold(Graph graph, Pair pair, List<Pair> all) {
    Node product = pair.product();
    Constant kernel = constant(graph, pair.kernel());
    Constant weights = pair.affine().scaled(kernel, outputAxis(product), groups(product));
    String bias = biasName(graph, pair, all);
    float[] values = pair.newBias();
    Node folded =
        new Node(
            product.name(),
            product.operator(),
            inputs(product, bias),
            pair.norm().outputs(),
            product.doc());
    Map<String, Constant> constants = new LinkedHashMap<>();
    constants.put(pair.kernel(), weights);
    constants.put(bias, kernel.withFloats(values, values.length));
    return new Replacement(List.of(product.name(), pair.norm().name()), List.of(folded), constants);
  }

  /** What a product reads with another bias. */
  private static List<String> inputs(Node product, String bias) {
    List<String> inputs = new ArrayList<>(product.inputs());
    while (inputs.size() <= biasInput(product)) {
      inputs.add("");
    }
    inputs.set(biasInput(product), bias);
    return inputs;
  }

  private static int biasInput(Node product) {
    return product.operator() instanceof DeformConv ? 3 : 2;
  }

  /**
   * The old bias's name where nothing else reads that, or the bias of all pairs becomes the same;
   * else one of its own.
   */
  private static String biasName(Graph graph, Pair pair, List<Pair> all) {
    String old = pair.oldBias();
    List<Pair> equal =
        all.stream().filter(p -> Arrays.equals(p.newBias(), pair.newBias())).toList();
    if (old != null && isOwn(graph, old, equal)) {
      return old;
    }
    boolean common = equal.size() == all.size();
    return (common ? pair.kernel() : pair.product().output()) + "/bias";
  }

  /** Whether nothing but these pairs reads a constant, and all of them read it as their bias. */
  private static boolean isOwn(Graph graph, String constant, List<Pair> pairs) {
    Set<Node> readers =
        pairs.stream().map(p -> p.hasBias() ? p.product() : p.norm()).collect(Collectors.toSet());
    return graph.constant(constant) != null
        && !graph.isReadOutside(constant)
        && pairs.stream().allMatch(pair -> constant.equals(pair.oldBias()))
        && readers.containsAll(graph.readers(constant));
  }

  private static Constant constant(Graph graph, String name) {
    Constant constant = graph.constant(name);
    if (constant == null) {
      throw new IllegalStateException("'" + name + "' is no constant");
    }
    return constant;
  }
}
