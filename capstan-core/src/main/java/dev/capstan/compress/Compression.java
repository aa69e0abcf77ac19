package dev.capstan.compress;

import dev.capstan.compress.Contraction.Block;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.space.Bases;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes the kernels of a graph really smaller: every axis of a constant that lies along a
 * compressed space is multiplied by the space's basis (docs/method.md, section 3).
 *
 * <pre>
 *   W^C[a,b,:,:] = sum_{o,i} E_out[o,a] W[o,i,:,:] D_in[i,b]        b^C = E_out^T b
 * </pre>
 */
public final class Compression {
  private final Graph graph;
  private final ChannelSpaces spaces;
  private final Bases bases;
  private final Map<String, TensorType> types;
  private final Map<String, Constant> constants = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> names = new HashMap<>();

  private Compression(ChannelSpaces spaces, Bases bases) {
    Graph graph = spaces.graph();
    this.graph = graph;
    this.spaces = spaces;
    this.bases = bases;
    this.types = ShapeInference.of(graph);
  }

  /**
   * The compressed graph.
   *
   * @param spaces the spaces of {@code graph}
   * @param bases a basis for each space to compress
   * @return a graph of the same nodes, with other constants and shapes
   */
  public static Graph apply(ChannelSpaces spaces, Bases bases) {
    return new Compression(spaces, bases).run();
  }

  private Graph run() {
    List<Node> nodes = graph.nodes().stream().map(this::compress).toList();
    Graph.Builder builder = graph.edit().nodes(nodes);
    constants.forEach(builder::constant);
    Graph compressed = builder.build();
    ShapeInference.of(compressed);
    return compressed;
  }

  private Node compress(Node node) {
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = 0; i < inputs.size(); i++) {
      Constant constant = graph.constant(inputs.get(i));
      if (constant != null) {
        inputs.set(i, constant(node, i, constant));
      }
    }
    return node.withInputs(inputs)
        .with(node.operator().resized(NodeWidths.of(node, types, spaces, bases)));
  }

  /** Name of what takes the place of a constant for one reader. */
  private String constant(Node node, int input, Constant constant) {
    List<Binding> axes =
        spaces.bindings(node.name()).stream()
            .filter(binding -> binding.input() == input && isCompressed(binding))
            .toList();
    String key = axes.stream().map(Binding::treatment).collect(Collectors.joining(" "));
    String original = node.inputs().get(input);
    // A constant shared by readers with other bases becomes one for each.
    Map<String, String> known = names.computeIfAbsent(original, name -> new HashMap<>());
    return known.computeIfAbsent(
        key,
        k -> {
          String name = known.isEmpty() ? original : original + "/" + node.name();
          constants.put(name, contract(constant, axes));
          return name;
        });
  }

  private boolean isCompressed(Binding binding) {
    return binding.segments().stream().anyMatch(segment -> bases.contains(segment.space()));
  }

  private Constant contract(Constant constant, List<Binding> axes) {
    Constant result = constant;
    for (Binding axis : axes) {
      if (axis.groups() > 1) {
        result = Contraction.grouped(result, groups(axis));
        continue;
      }
      int width = spaces.extent(axis, Space::width);
      result = widened(result, Math.max(0, -axis.axis()), Math.max(0, axis.axis()), width);
      result = Contraction.apply(result, Math.max(0, axis.axis()), blocks(axis));
    }
    return result;
  }

  /** The constant with what it broadcasts along an axis written out. */
  private static Constant widened(Constant constant, int missing, int axis, int width) {
    long[] sizes = new long[constant.rank() + missing];
    Arrays.fill(sizes, 1);
    System.arraycopy(constant.sizes(), 0, sizes, missing, constant.rank());
    if (sizes[axis] == width) {
      return missing == 0 ? constant : constant.reshaped(sizes);
    }
    Block ones = new Block(ones(width), 1);
    return Contraction.apply(constant.reshaped(sizes), axis, List.of(ones));
  }

  private static Matrix ones(int width) {
    float[] values = new float[width];
    Arrays.fill(values, 1);
    return new Matrix(1, width, values);
  }

  private List<Block> blocks(Binding binding) {
    return binding.segments().stream().map(segment -> block(binding, segment)).toList();
  }

  private Block block(Binding binding, ChannelLayout.Segment segment) {
    return new Block(
        Contraction.matrix(bases.of(spaces.space(segment.space())), binding.role()),
        segment.repeat());
  }

  /**
   * The blocks of each group: only the channels of one space, which may lie there several times,
   * are ever read or given in groups.
   */
  private List<List<Block>> groups(Binding binding) {
    Matrix whole = block(binding, binding.segments().get(0)).matrix();
    int each = binding.groups() / binding.segments().size();
    return IntStream.range(0, binding.groups())
        .mapToObj(i -> List.of(new Block(whole.diagonalBlock(i % each, each), 1)))
        .toList();
  }
}
