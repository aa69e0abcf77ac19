package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which nodes can run. ONNX asks for it of every file, ONNX Runtime of none, so that
 * tools leave nodes at the end that others before them read.
 */
final class NodeOrder {
  private enum State {
    NEW,
    OPEN,
    PLACED
  }

  private final List<NodeProto> nodes;
  private final Map<String, Integer> producers = new HashMap<>();
  private final State[] states;
  private final List<NodeProto> placed = new ArrayList<>();

  private NodeOrder(List<NodeProto> nodes) {
    this.nodes = nodes;
    this.states = new State[nodes.size()];
    for (int i = 0; i < states.length; i++) {
      states[i] = State.NEW;
      for (String output : nodes.get(i).getOutputList()) {
        producers.putIfAbsent(output, i);
      }
    }
    producers.remove("");
  }

  /**
   * The same nodes, each behind those whose values it reads; as they are where they can run in that
   * order. Of nodes that read each other one stands before what it reads.
   */
  static List<NodeProto> runnable(List<NodeProto> nodes) {
    NodeOrder order = new NodeOrder(nodes);
    for (int i = 0; i < nodes.size(); i++) {
      order.place(i);
    }
    return order.placed;
  }

  private void place(int last) {
    Deque<Integer> waiting = new ArrayDeque<>();
    waiting.push(last);
    while (!waiting.isEmpty()) {
      int node = waiting.peek();
      if (states[node] == State.NEW) {
        states[node] = State.OPEN;
        for (String value : Subgraphs.reads(nodes.get(node))) {
          Integer producer = producers.get(value);
          if (producer != null && states[producer] == State.NEW) {
            waiting.push(producer);
          }
        }
      } else {
        waiting.pop();
        if (states[node] == State.OPEN) {
          states[node] = State.PLACED;
          placed.add(nodes.get(node));
        }
      }
    }
  }
}
