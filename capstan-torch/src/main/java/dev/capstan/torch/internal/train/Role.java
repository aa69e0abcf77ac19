package dev.capstan.torch.internal.train;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Conv;
import dev.capstan.graph.op.ConvTranspose;
import dev.capstan.graph.op.DeformConv;
import dev.capstan.graph.op.Einsum;
import dev.capstan.graph.op.FixedKernel;
import dev.capstan.graph.op.Gemm;
import dev.capstan.graph.op.GroupNormalization;
import dev.capstan.graph.op.InstanceNormalization;
import dev.capstan.graph.op.LayerNormalization;
import dev.capstan.graph.op.MatMul;
import dev.capstan.graph.op.Opaque;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a constant is to training. */
enum Role {
  /** Learns, and decays. */
  KERNEL,
  /** Learns without decay: biases, a normalisation's scale and shift. */
  BIAS,
  /** BatchNorm's running mean or variance. */
  STATISTIC;

  /** The constants of a graph that have this role, in the order in which nodes read them. */
  List<String> of(Graph graph) {
    Map<String, Role> roles = new LinkedHashMap<>();
    Set<Node> learning = learning(graph);
    graph.nodes().stream()
        .filter(node -> this == STATISTIC || learning.contains(node))
        .forEach(node -> assign(graph, node, roles));
    return roles.keySet().stream().filter(name -> roles.get(name) == this).toList();
  }

  /** The nodes that some output depends on in a way that a gradient can go. */
  private static Set<Node> learning(Graph graph) {
    Set<String> reached = new HashSet<>();
    graph.outputs().forEach(output -> reached.add(output.name()));
    Set<Node> learning = new HashSet<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (node.outputs().stream().anyMatch(reached::contains)
          && !(node.operator() instanceof Opaque)) {
        learning.add(node);
        reached.addAll(node.inputs());
      }
    }
    return learning;
  }

  /**
   * Those of the kernels that convolutions read, and their groups, in the order in which nodes read
   * them. Kernels of zeros are left out: no step that is a share of their norm would ever move
   * them.
   */
  static Map<String, Integer> convolutions(Graph graph, Set<String> kernels) {
    Map<String, Integer> groups = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof Conv conv) {
        String name = node.inputs().get(1);
        Constant kernel = graph.constant(name);
        if (kernel != null && kernels.contains(name) && !isZero(kernel)) {
          groups.putIfAbsent(name, conv.groups());
        }
      }
    }
    return groups;
  }

  private static boolean isZero(Constant kernel) {
    for (float value : kernel.floats()) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static void assign(Graph graph, Node node, Map<String, Role> roles) {
    List<@Nullable Role> byInput = ofInputs(graph, node);
    for (int i = 0; i < Math.min(byInput.size(), node.inputs().size()); i++) {
      String input = node.inputs().get(i);
      Constant constant = graph.constant(input);
      Role role = byInput.get(i);
      if (role != null && constant != null && constant.type().isFloating()) {
        roles.putIfAbsent(input, role);
      }
    }
  }

  /** Constants in other places (a factor, a limit, pixels' means) belong to the architecture. */
  private static List<@Nullable Role> ofInputs(Graph graph, Node node) {
    if (FixedKernel.of(graph, node)) {
      return List.of();
    }
    if (node.operator() instanceof Conv
        || node.operator() instanceof ConvTranspose
        || node.operator() instanceof Gemm) {
      return List.of(KERNEL, KERNEL, BIAS);
    }
    if (node.operator() instanceof DeformConv) {
      // Constant offsets would belong to the architecture.
      return Arrays.asList(KERNEL, KERNEL, null, BIAS);
    }
    if (node.operator() instanceof MatMul || node.operator() instanceof Einsum) {
      return Collections.nCopies(node.inputs().size(), KERNEL);
    }
    if (node.operator() instanceof BatchNormalization) {
      return List.of(BIAS, BIAS, BIAS, STATISTIC, STATISTIC);
    }
    if (node.operator() instanceof InstanceNormalization
        || node.operator() instanceof GroupNormalization
        || node.operator() instanceof LayerNormalization) {
      return List.of(BIAS, BIAS, BIAS);
    }
    return node.operator() instanceof Add && follows(graph, node) ? List.of(BIAS, BIAS) : List.of();
  }

  private static boolean follows(Graph graph, Node sum) {
    return sum.inputs().stream()
        .map(graph::producer)
        .anyMatch(node -> node != null && node.operator() instanceof MatMul);
  }
}
