package dev.capstan.compress;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.DeformConv;
import dev.capstan.graph.op.Einsum;
import dev.capstan.graph.op.Flatten;
import dev.capstan.graph.op.Gather;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.GroupNormalization;
import dev.capstan.graph.op.InstanceNormalization;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Slice;
import dev.capstan.graph.op.Split;
import dev.capstan.graph.op.Transpose;
import dev.capstan.graph.op.Window;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Matrix;
import dev.capstan.testing.KeptChannels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The projected network: the original with its full kernels, and explicit products with E^T after
 * each producer and with D before each consumer, as nodes that ONNX Runtime runs.
 *
 * <p>It knows only which channels lie in which value ({@link ChannelSpaces#layout}), nothing of
 * where they lie in constants, and multiplies no matrices itself. Values keep their names, so they
 * can be compared with the compressed network's, layer by layer.
 */
final class Projected {
  /** What channels are multiplied by: E^T, D or E. */
  private enum Role {
    ENCODE,
    DECODE,
    LIFT
  }

  private final Graph graph;
  private final ChannelSpaces spaces;
  private final Bases bases;
  private final KeptChannels kept;
  private final Map<String, TensorType> types;
  private final Graph.Builder builder;

  /** Values that are in the coordinates of a basis. */
  private final Set<String> small = new HashSet<>();

  private Projected(Graph graph, ChannelSpaces spaces, Bases bases) {
    this.graph = graph;
    this.spaces = spaces;
    this.bases = bases;
    this.kept = new KeptChannels(graph, spaces, bases);
    this.types = ShapeInference.of(graph);
    this.builder = graph.edit().nodes(List.of());
  }

  /**
   * A projected network.
   *
   * @param graph the network
   * @param compressed values whose channels are those of a basis, in both networks
   */
  record Result(Graph graph, Set<String> compressed) {}

  static Result of(Graph graph, ChannelSpaces spaces, Bases bases) {
    Projected projected = new Projected(graph, spaces, bases);
    graph.nodes().forEach(projected::add);
    return new Result(projected.builder.build(), projected.small);
  }

  private void add(Node node) {
    String x = node.inputs().get(0);
    if (laysOut(node) && small.contains(x)) {
      // E E^T x: bases are orthonormal, so encoding gives the coordinates again, a part of them.
      lifted(node.withInputs(List.of(product(x, x + "/E/" + node.name(), x, Role.LIFT))));
    } else if (kept.concern(node)) {
      builder.node(kept.few(node, builder));
      if (isCompressed(node.output())) {
        small.add(node.output());
      }
    } else if (isCoordinateBound(node) || isPerChannel(node)) {
      encoded(decoded(node));
    } else if (node.operator() instanceof Add) {
      builder.node(withEncodedConstants(node));
      if (small.contains(node.inputs().get(0)) || small.contains(node.inputs().get(1))) {
        small.add(node.output());
      }
    } else {
      builder.node(node);
      if (node.inputs().stream().anyMatch(small::contains)) {
        small.add(node.output());
      }
    }
  }

  /** Takes channels apart, or gives them other axes beside them. */
  private boolean laysOut(Node node) {
    Operator operator = node.operator();
    if (operator instanceof Slice || operator instanceof Split || operator instanceof Gather) {
      return true;
    }
    ChannelLayout layout = spaces.layout(node.output());
    return isReshaping(operator)
        && layout != null
        && isAlongAxis1(node)
        && layout.segments().stream().allMatch(segment -> segment.repeat() == 1);
  }

  private boolean isAlongAxis1(Node node) {
    ChannelLayout layout = spaces.layout(node.inputs().get(0));
    return layout != null && layout.axis() == 1;
  }

  private static boolean isReshaping(Operator operator) {
    return operator instanceof Flatten || operator instanceof Reshape;
  }

  /** Reads and writes channels one by one, by weights, or lays them out anew. */
  private boolean isCoordinateBound(Node node) {
    Operator operator = node.operator();
    return operator instanceof Conv
        || operator instanceof ConvTranspose
        || operator instanceof DeformConv
        || operator instanceof Gemm
        || ((operator instanceof MatMul || operator instanceof Einsum)
            && graph.constant(node.inputs().get(1)) != null)
        || operator instanceof BatchNormalization
        || operator instanceof InstanceNormalization
        || operator instanceof GroupNormalization
        || (isReshaping(operator) && isAlongAxis1(node));
  }

  /** A product or the like with a constant that has more than one element. */
  private boolean isPerChannel(Node node) {
    return node.operator() instanceof Arithmetic
        && node.inputs().stream()
            .map(graph::constant)
            .anyMatch(constant -> constant != null && constant.elements() > 1);
  }

  private void lifted(Node node) {
    List<String> full = node.outputs().stream().map(output -> output + "/full").toList();
    builder.node(new Node(node.name() + "/full", node.operator(), node.inputs(), full));
    for (String output : node.outputs()) {
      product(output + "/full", output, output, Role.ENCODE);
      small.add(output);
    }
  }

  private Node decoded(Node node) {
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.replaceAll(
        x -> small.contains(x) ? product(x, x + "/D/" + node.name(), x, Role.DECODE) : x);
    return node.withInputs(inputs);
  }

  private void encoded(Node node) {
    String y = node.output();
    if (isReshaping(node.operator()) || !isCompressed(y)) {
      builder.node(node);
      return;
    }
    builder.node(
        new Node(node.name() + "/full", node.operator(), node.inputs(), List.of(y + "/full")));
    product(y + "/full", y, y, Role.ENCODE);
    small.add(y);
  }

  private boolean isCompressed(String value) {
    ChannelLayout layout = spaces.layout(value);
    return layout != null && layout.segments().stream().anyMatch(s -> bases.contains(s.space()));
  }

  /** A constant summand in the coordinates of what it is added to: computed by the network. */
  private Node withEncodedConstants(Node node) {
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = 0; i < 2; i++) {
      Constant constant = graph.constant(inputs.get(i));
      if (constant != null && small.contains(inputs.get(1 - i))) {
        String name = node.name() + "/constant";
        builder.constant(name, whole(constant, node.output()));
        inputs.set(i, product(name, name + "/encoded", node.output(), Role.ENCODE));
      }
    }
    return node.withInputs(inputs);
  }

  /** A constant for one input, with all channels and as many axes as the value it is added to. */
  private Constant whole(Constant constant, String value) {
    long[] sizes = types.get(value).shape().sizes();
    sizes[0] = 1;
    float[] values = new float[(int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b)];
    float[] given = constant.floats();
    for (int i = 0; i < values.length; i++) {
      int from = 0;
      int stride = 1;
      int rest = i;
      for (int axis = sizes.length - 1; axis >= 0; axis--) {
        int index = rest % (int) sizes[axis];
        rest /= (int) sizes[axis];
        int own = axis - sizes.length + constant.rank();
        if (own >= 0) {
          from += constant.size(own) == 1 ? 0 : index * stride;
          stride *= constant.size(own);
        }
      }
      values[i] = given[from];
    }
    return Constant.of(values, sizes);
  }

  /** A node that multiplies the channels of {@code from}, laid out as those of {@code like}. */
  private String product(String from, String to, String like, Role role) {
    ChannelLayout layout = spaces.layout(like);
    int rank = types.get(like).shape().rank();
    if (layout == null) {
      throw new IllegalStateException("value '" + like + "' has no channels");
    }
    boolean plane = layout.axis() == 1 && rank > 2;
    if (!plane && layout.axis() != rank - 1) {
      return turnedProduct(from, to, layout, rank, role);
    }
    // A convolution's kernel is out x in, a right factor of MatMul in x out.
    Matrix inByOut = matrix(layout, role);
    Matrix matrix = plane ? transposed(inByOut) : inByOut;
    long[] sizes = new long[plane ? rank : 2];
    Arrays.fill(sizes, 1);
    sizes[0] = matrix.rows();
    sizes[1] = matrix.columns();
    builder.constant(to + ".m", Constant.of(matrix.values(), sizes));
    builder.node(plane ? new Conv(pointwise(rank - 2), 1) : new MatMul(), to, from, to + ".m");
    return to;
  }

  /** The same along any other axis, which goes last for it. */
  private String turnedProduct(String from, String to, ChannelLayout layout, int rank, Role role) {
    Matrix matrix = matrix(layout, role);
    builder.constant(to + ".m", Constant.of(matrix.values(), matrix.rows(), matrix.columns()));
    List<Integer> perm = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.swap(perm, layout.axis(), rank - 1);
    builder.node(new Transpose(perm), to + "/last", from);
    builder.node(new MatMul(), to + "/product", to + "/last", to + ".m");
    builder.node(new Transpose(perm), to, to + "/product");
    return to;
  }

  private static Window pointwise(int axes) {
    List<Integer> ones = Collections.nCopies(axes, 1);
    return new Window(
        ones, ones, ones, Collections.nCopies(2 * axes, 0), Window.AutoPad.NOTSET, false);
  }

  /** E, D or E transposed, block diagonal over the spaces of a layout: in x out. */
  private Matrix matrix(ChannelLayout layout, Role role) {
    List<Matrix> blocks = new ArrayList<>();
    for (ChannelLayout.Segment segment : layout.segments()) {
      var basis = bases.of(spaces.space(segment.space()));
      Matrix block =
          switch (role) {
            case ENCODE -> basis.encode();
            case DECODE -> transposed(basis.decode());
            case LIFT -> transposed(basis.encode());
          };
      blocks.add(repeated(block, segment.repeat()));
    }
    return diagonal(blocks);
  }

  /** Kronecker's product with the identity: each channel is {@code repeat} elements in a row. */
  private static Matrix repeated(Matrix matrix, int repeat) {
    int columns = matrix.columns() * repeat;
    float[] values = new float[matrix.rows() * repeat * columns];
    for (int row = 0; row < matrix.rows() * repeat; row++) {
      for (int column = row % repeat; column < columns; column += repeat) {
        values[row * columns + column] = matrix.at(row / repeat, column / repeat);
      }
    }
    return new Matrix(matrix.rows() * repeat, columns, values);
  }

  private static Matrix transposed(Matrix matrix) {
    float[] values = new float[matrix.values().length];
    for (int row = 0; row < matrix.rows(); row++) {
      for (int column = 0; column < matrix.columns(); column++) {
        values[column * matrix.rows() + row] = matrix.at(row, column);
      }
    }
    return new Matrix(matrix.columns(), matrix.rows(), values);
  }

  private static Matrix diagonal(List<Matrix> blocks) {
    int rows = blocks.stream().mapToInt(Matrix::rows).sum();
    int columns = blocks.stream().mapToInt(Matrix::columns).sum();
    float[] values = new float[rows * columns];
    int top = 0;
    int left = 0;
    for (Matrix block : blocks) {
      for (int row = 0; row < block.rows(); row++) {
        for (int column = 0; column < block.columns(); column++) {
          values[(top + row) * columns + left + column] = block.at(row, column);
        }
      }
      top += block.rows();
      left += block.columns();
    }
    return new Matrix(rows, columns, values);
  }
}
