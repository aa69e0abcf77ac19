package dev.capstan.rewrite;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Concat;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.Split;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A grouped convolution as one convolution for each group, of the channels that it reads:
 *
 * <pre>Conv(x, W, b; g) = Concat(Conv(x_1, W_1, b_1), ..., Conv(x_g, W_g, b_g))</pre>
 *
 * <p>It computes and stores the same, but the groups need not keep equally many channels: where a
 * shuffle deals each group's channels to all groups of the next layer (ShuffleNet V1), no equal
 * numbers would do. A BatchNormalization behind it is taken apart with it.
 */
public final class GroupsApart implements Rule {
  /** Beyond that a file would be more nodes than work. */
  private static final int MOST = 16;

  @Override
  public Optional<Replacement> apply(Graph graph, Node node) {
    return isGrouped(graph, node)
        ? Optional.of(new Apart(graph, node).replacement())
        : Optional.empty();
  }

  /** Whether a node is a convolution in a few groups of several channels each. */
  private static boolean isGrouped(Graph graph, Node node) {
    if (!(node.operator() instanceof Conv conv) || conv.groups() == 1 || conv.groups() > MOST) {
      return false;
    }
    Constant weights = graph.constant(node.inputs().get(1));
    boolean known = node.inputs().size() < 3 || graph.constant(node.inputs().get(2)) != null;
    return known && weights != null && weights.size(1) > 1;
  }

  /** One of them, taken apart. */
  private static final class Apart {
    private final Graph graph;
    private final Node node;
    private final Conv conv;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Constant> constants = new HashMap<>();

    Apart(Graph graph, Node node) {
      this.graph = graph;
      this.node = node;
      this.conv = (Conv) node.operator();
    }

    Replacement replacement() {
      Node norm = normalization();
      List<Node> layers = norm == null ? List.of(node) : List.of(node, norm);
      List<String> values = split();
      for (Node layer : layers) {
        for (int group = 0; group < conv.groups(); group++) {
          values.set(group, add(layer, values.get(group), group));
        }
      }
      Node last = layers.get(layers.size() - 1);
      nodes.add(last.with(new Concat(1)).withInputs(values));
      return new Replacement(layers.stream().map(Node::name).toList(), nodes, constants);
    }

    /** What alone reads it, if that is a BatchNormalization. */
    private @Nullable Node normalization() {
      Node reader = graph.soleReader(node.output());
      return reader != null
              && reader.operator() instanceof BatchNormalization
              && reader.inputs().stream().skip(1).allMatch(v -> graph.constant(v) != null)
          ? reader
          : null;
    }

    /** The channels of each group. */
    private List<String> split() {
      String name = node.name() + "/groups";
      List<String> parts = new ArrayList<>();
      for (int group = 0; group < conv.groups(); group++) {
        parts.add(name + "/" + group);
      }
      Split split = new Split(1, conv.groups(), List.of());
      nodes.add(new Node(name, split, List.of(node.inputs().get(0)), parts));
      return parts;
    }

    /** A layer of one group alone. */
    private String add(Node layer, String from, int group) {
      List<String> inputs = new ArrayList<>(layer.inputs());
      inputs.set(0, from);
      for (int i = 1; i < inputs.size(); i++) {
        Constant whole = graph.constant(inputs.get(i));
        if (whole != null) {
          inputs.set(i, "%s/%d of %d".formatted(inputs.get(i), group, conv.groups()));
          constants.put(inputs.get(i), rows(whole, group));
        }
      }
      String name = layer.name() + "/" + group;
      Operator operator = layer == node ? new Conv(conv.window(), 1) : layer.operator();
      nodes.add(new Node(name, operator, inputs, List.of(name)));
      return name;
    }

    /** A group's run of a constant's first axis: a view. */
    private Constant rows(Constant whole, int group) {
      long[] sizes = whole.sizes();
      sizes[0] /= conv.groups();
      ByteBuffer all = whole.bytes();
      int length = all.remaining() / conv.groups();
      return Constant.view(whole.type(), sizes, all.slice(all.position() + group * length, length));
    }
  }
}
