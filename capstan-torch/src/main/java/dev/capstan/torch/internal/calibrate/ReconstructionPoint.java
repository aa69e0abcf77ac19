package dev.capstan.torch.internal.calibrate;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Activation;
import dev.capstan.graph.op.Add;
import dev.capstan.space.Bases;
import dev.capstan.space.Binding;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A place where the compressed network is compared with the original (docs/method.md, section 4.4):
 * for a consumer of a compressed space, the first tensor after it past the sum and the activation
 * that alone read it. Where that tensor lies in a compressed space itself it is decoded, {@code D
 * x}: a product with r channels, where the consumer's own output in full width would cost another
 * convolution.
 *
 * @param consumer node that reads the compressed space
 * @param value the original's tensor to compare with
 */
public record ReconstructionPoint(String consumer, String value) {

  /**
   * The points of all consumers, in the order of the graph; one tensor is compared once. Inside
   * residual blocks nothing is compared: what they add to the stream is.
   */
  public static List<ReconstructionPoint> of(ChannelSpaces spaces, Bases bases) {
    Graph graph = spaces.graph();
    Map<String, ReconstructionPoint> byValue = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (reads(spaces, bases, node)) {
        ReconstructionPoint point = new ReconstructionPoint(node.name(), afterSum(graph, node));
        byValue.merge(point.value(), point, (first, later) -> later);
      }
    }
    List<ReconstructionPoint> outside =
        byValue.values().stream().filter(point -> !isInside(spaces, bases, point)).toList();
    boolean residual = spaces.all().stream().anyMatch(Space::stream);
    return residual && !outside.isEmpty() ? outside : List.copyOf(byValue.values());
  }

  /** Whether a tensor lies in a compressed space that is no stream. */
  private static boolean isInside(ChannelSpaces spaces, Bases bases, ReconstructionPoint point) {
    ChannelLayout layout = spaces.layout(point.value());
    return layout != null
        && layout.segments().stream()
            .anyMatch(
                segment ->
                    bases.contains(segment.space()) && !spaces.space(segment.space()).stream());
  }

  private static boolean reads(ChannelSpaces spaces, Bases bases, Node node) {
    return spaces.bindings(node.name()).stream()
        .filter(binding -> binding.role() == Binding.Role.DECODE)
        .flatMap(binding -> binding.segments().stream())
        .anyMatch(segment -> bases.contains(segment.space()));
  }

  /** The tensor past the sum and the activation that alone read a node's output. */
  private static String afterSum(Graph graph, Node node) {
    Node reader = graph.soleReader(node.output());
    boolean summed = reader != null && reader.operator() instanceof Add;
    String value = reader != null && summed ? reader.output() : node.output();
    Node activation = activation(graph, value);
    return activation == null ? value : activation.output();
  }

  private static @Nullable Node activation(Graph graph, String value) {
    Node reader = graph.soleReader(value);
    return reader != null && reader.operator() instanceof Activation ? reader : null;
  }

  /** The tensors compared with. */
  public static Set<String> values(List<ReconstructionPoint> points) {
    return points.stream().map(ReconstructionPoint::value).collect(Collectors.toSet());
  }
}
