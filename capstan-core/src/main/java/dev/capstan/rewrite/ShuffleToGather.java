package dev.capstan.rewrite;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Gather;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Transpose;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The channel shuffle (Zhang et al. 2018) as one Gather: {@code N x C x ...} cut into {@code N x g
 * x C/g x ...}, axes 1 and 2 exchanged, and put together again, so that {@code y[j g + i] = x[i C/g
 * + j]}.
 */
public final class ShuffleToGather implements Rule {
  private final InferredTypes types = new InferredTypes();

  @Override
  public Optional<Replacement> apply(Graph graph, Node joined) {
    Node turned = before(graph, joined, Reshape.class);
    Node cut = turned == null ? null : before(graph, turned, Transpose.class);
    if (turned == null || cut == null || !(cut.operator() instanceof Reshape)) {
      return Optional.empty();
    }
    Map<String, TensorType> known = types.of(graph);
    Shape whole = shape(known, cut.inputs().get(0));
    Shape parts = shape(known, cut.output());
    boolean exchanges = exchanges(((Transpose) turned.operator()).perm());
    return exchanges && isCut(whole, parts) && shape(known, joined.output()).equals(whole)
        ? Optional.of(replacement(cut, turned, joined, parts))
        : Optional.empty();
  }

  /** The node before one of a kind, that nothing else reads. */
  private static @Nullable Node before(Graph graph, Node node, Class<?> kind) {
    String input = node.inputs().isEmpty() ? "" : node.inputs().get(0);
    boolean alone = kind.isInstance(node.operator()) && graph.soleReader(input) != null;
    return alone ? graph.producer(input) : null;
  }

  private static Shape shape(Map<String, TensorType> types, String value) {
    TensorType type = types.get(value);
    return type == null ? Shape.of() : type.shape();
  }

  private static boolean exchanges(List<Integer> perm) {
    return perm.size() > 2
        && perm.get(1) == 2
        && perm.get(2) == 1
        && IntStream.range(0, perm.size()).allMatch(i -> i == 1 || i == 2 || perm.get(i) == i);
  }

  /** Whether axis 1 alone is cut in two. */
  private static boolean isCut(Shape whole, Shape parts) {
    return parts.rank() == whole.rank() + 1
        && whole.rank() > 1
        && whole.size(1) > 0
        && parts.size(1) * parts.size(2) == whole.size(1)
        && parts.dims().get(0).equals(whole.dims().get(0))
        && parts.dims().subList(3, parts.rank()).equals(whole.dims().subList(2, whole.rank()));
  }

  private static Replacement replacement(Node cut, Node turned, Node joined, Shape parts) {
    int groups = Math.toIntExact(parts.size(1));
    int width = Math.toIntExact(parts.size(2));
    int[] order =
        IntStream.range(0, groups * width).map(k -> k % groups * width + k / groups).toArray();
    Node gather =
        new Node(
            joined.name(),
            Gather.along(1, order),
            List.of(cut.inputs().get(0)),
            joined.outputs(),
            joined.doc());
    return new Replacement(
        List.of(cut.name(), turned.name(), joined.name()), List.of(gather), Map.of());
  }
}
