package dev.capstan.testing;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Networks with operators in their middle that no graph knows. */
public final class PlantedNodes {
  private static final long OPSET = 20;

  private final SplittableRandom random;
  private final GraphProto.Builder graph;
  private int count;

  private PlantedNodes(GraphProto.Builder graph, long seed) {
    this.graph = graph;
    this.random = new SplittableRandom(seed);
  }

  /** A model file's content: one or two nodes planted behind nodes of a network. */
  public static ModelProto in(Graph network, long seed) {
    Graph graph = network.edit().metadata(network.metadata().withOpset(OPSET)).build();
    ModelProto.Builder model = RandomTails.proto(graph).toBuilder();
    PlantedNodes planted = new PlantedNodes(model.getGraphBuilder(), seed);
    Map<String, TensorType> types = ShapeInference.of(graph);
    List<Node> images =
        graph.nodes().stream()
            .filter(node -> types.get(node.output()).shape().rank() == 4)
            .filter(node -> !graph.readers(node.output()).isEmpty())
            .toList();
    for (int i = planted.random.nextInt(1, 3); i > 0 && !images.isEmpty(); i--) {
      planted.plant(images.get(planted.random.nextInt(images.size())).output());
    }
    return model.build();
  }

  /** All that reads a value reads what a node makes of it. */
  private void plant(String value) {
    String changed = value + "/planted" + count++;
    List<NodeProto> planted = nodes(value, changed);
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto old : graph.getNodeList()) {
      NodeProto.Builder reader = old.toBuilder();
      for (int i = 0; i < old.getInputCount(); i++) {
        reader.setInput(i, old.getInput(i).equals(value) ? changed : old.getInput(i));
      }
      nodes.add(reader.build());
      if (old.getOutputList().contains(value)) {
        nodes.addAll(planted);
      }
    }
    graph.clearNode().addAllNode(nodes);
  }

  /** Functions of an image by itself; some know nothing of its axes but their number. */
  private List<NodeProto> nodes(String from, String to) {
    return switch (random.nextInt(9)) {
      case 0 -> List.of(OnnxModels.nodeProto("Atan", from, to));
      case 1 -> List.of(OnnxModels.nodeProto("Asinh", from, to));
      case 2 -> List.of(OnnxModels.nodeProto("Trilu", from, to, "upper", random.nextInt(2)));
      case 3 -> List.of(OnnxModels.nodeProto("Shrink", from, to, "lambd", 0f, "bias", 0.1f));
      case 4 ->
          List.of(OnnxModels.nodeProto("LpNormalization", from, to, "axis", random.nextInt(1, 4)));
      case 5 -> overLargest(from, to);
      case 6 -> halvedBelowZero(from, to);
      case 7 -> spectrum(from, to);
      default -> {
        String axis = to + ".axis";
        graph.addInitializer(OnnxModels.longTensor(axis, random.nextInt(1, 4)));
        yield List.of(
            OnnxModels.nodeProto("CumSum", from + " " + axis, to, "reverse", random.nextInt(2)));
      }
    };
  }

  /** What is left over the largest along an axis: places go from one node to another. */
  private List<NodeProto> overLargest(String from, String to) {
    int axis = random.nextInt(1, 4);
    String[] of = {to + ".largest", to + ".places", to + ".found", to + ".one"};
    graph.addInitializer(OnnxModels.longTensor(of[3], 1));
    return List.of(
        OnnxModels.nodeProto("TopK", from + " " + of[3], of[0] + " " + of[1], "axis", axis),
        OnnxModels.nodeProto("GatherElements", from + " " + of[1], of[2], "axis", axis),
        OnnxModels.nodeProto("Sub", from + " " + of[2], to));
  }

  /** The real part of the frequencies along an axis. */
  private List<NodeProto> spectrum(String from, String to) {
    String[] of = {to + ".last", to + ".real", to + ".axis", to + ".waves", to + ".zero"};
    graph.addInitializer(OnnxModels.longTensor(of[0], -1));
    graph.addInitializer(
        OnnxModels.longTensor(of[2], random.nextInt(2, 4)).toBuilder().clearDims());
    graph.addInitializer(OnnxModels.longTensor(of[4], 0).toBuilder().clearDims());
    return List.of(
        OnnxModels.nodeProto("Unsqueeze", from + " " + of[0], of[1]),
        OnnxModels.nodeProto("DFT", of[1] + " _ " + of[2], of[3]),
        OnnxModels.nodeProto("Gather", of[3] + " " + of[4], to, "axis", -1));
  }

  /** The same as a ReLU that leaks: truths go from one node to another. */
  private List<NodeProto> halvedBelowZero(String from, String to) {
    String[] of = {to + ".zero", to + ".above", to + ".half", to + ".halved"};
    graph.addInitializer(OnnxModels.floats(of[0], new float[] {0}));
    graph.addInitializer(OnnxModels.floats(of[2], new float[] {0.5f}));
    return List.of(
        OnnxModels.nodeProto("Greater", from + " " + of[0], of[1]),
        OnnxModels.nodeProto("Mul", from + " " + of[2], of[3]),
        OnnxModels.nodeProto("Where", of[1] + " " + from + " " + of[3], to));
  }
}
