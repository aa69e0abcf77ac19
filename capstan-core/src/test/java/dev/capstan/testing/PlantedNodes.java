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
    NodeProto node = node(value, changed);
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto old : graph.getNodeList()) {
      NodeProto.Builder reader = old.toBuilder();
      for (int i = 0; i < old.getInputCount(); i++) {
        reader.setInput(i, old.getInput(i).equals(value) ? changed : old.getInput(i));
      }
      nodes.add(reader.build());
      if (old.getOutputList().contains(value)) {
        nodes.add(node);
      }
    }
    graph.clearNode().addAllNode(nodes);
  }

  /** Functions of an image by itself; two of them know nothing of its axes but their number. */
  private NodeProto node(String from, String to) {
    return switch (random.nextInt(6)) {
      case 0 -> OnnxModels.nodeProto("Atan", from, to);
      case 1 -> OnnxModels.nodeProto("Asinh", from, to);
      case 2 -> OnnxModels.nodeProto("Trilu", from, to, "upper", random.nextInt(2));
      case 3 -> OnnxModels.nodeProto("Shrink", from, to, "lambd", 0f, "bias", 0.1f);
      case 4 -> OnnxModels.nodeProto("LpNormalization", from, to, "axis", random.nextInt(1, 4));
      default -> {
        String axis = to + ".axis";
        graph.addInitializer(OnnxModels.longTensor(axis, random.nextInt(1, 4)));
        yield OnnxModels.nodeProto("CumSum", from + " " + axis, to, "reverse", random.nextInt(2));
      }
    };
  }
}
