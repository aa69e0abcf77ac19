package dev.capstan.space;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operands;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.space.SpaceAnalysis.BindingDraft;
import dev.capstan.space.SpaceAnalysis.Draft;
import dev.capstan.space.SpaceAnalysis.Part;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes down what one node's operator says about channels. */
final class NodeFlow implements ChannelFlow {
  private final SpaceAnalysis analysis;
  private final Node node;
  private final Operands operands;
  private final Set<Integer> spokenOf = new HashSet<>();

  NodeFlow(SpaceAnalysis analysis, Node node) {
    this.analysis = analysis;
    this.node = node;
    this.operands = ShapeInference.operands(analysis.graph, analysis.types, node);
  }

  void run() {
    node.operator().channels(this);
    for (int i = 0; i < node.inputs().size(); i++) {
      if (!spokenOf.contains(i)) {
        pin(i, "read by " + node.operator().type());
      }
    }
    for (String output : node.outputs()) {
      if (!output.isEmpty() && !analysis.drafts.containsKey(output)) {
        analysis.original(output, node.name(), "given by " + node.operator().type());
      }
    }
  }

  @Override
  public Operands operands() {
    return operands;
  }

  @Override
  public TensorType outputType(int output) {
    TensorType type = analysis.types.get(node.outputs().get(output));
    if (type == null) {
      throw operands.error("output " + output + " has no type");
    }
    return type;
  }

  @Override
  public int axis(int input) {
    Draft draft = draft(input);
    return draft == null ? -1 : draft.axis();
  }

  @Override
  public void consume(int input, int weight, int axis) {
    spokenOf.add(input);
    spokenOf.add(weight);
    Draft draft = draft(input);
    if (draft != null) {
      bind(weight, axis, Binding.Role.DECODE, draft.parts());
    }
  }

  @Override
  public void produce(int output, int outputAxis, int width) {
    SpaceDraft space = analysis.create(node.name(), width);
    space.addProducer(node.name());
    put(output, new Draft(outputAxis, List.of(new Part(space, 1))));
  }

  @Override
  public void encode(int weight, int axis, int output) {
    spokenOf.add(weight);
    Draft draft = analysis.drafts.get(node.outputs().get(output));
    if (draft != null) {
      bind(weight, axis, Binding.Role.ENCODE, draft.parts());
    }
  }

  @Override
  public void pass(int input, int output, int outputAxis) {
    passRepeated(input, output, outputAxis, 1);
  }

  @Override
  public void passRepeated(int input, int output, int outputAxis, int repeat) {
    spokenOf.add(input);
    Draft draft = draft(input);
    if (draft != null && outputAxis >= 0) {
      List<Part> parts =
          draft.parts().stream().map(p -> new Part(p.space(), p.repeat() * repeat)).toList();
      put(output, new Draft(outputAxis, parts));
    }
  }

  @Override
  public void join(int[] inputs, int output, boolean stream) {
    Draft first = draft(inputs[0]);
    for (int input : inputs) {
      spokenOf.add(input);
      if (first == null || !alike(first, draft(input))) {
        for (int other : inputs) {
          pin(other, "joined with a tensor of other channels");
        }
        return;
      }
    }
    if (first != null) {
      for (int input : inputs) {
        unite(first, draft(input), stream);
      }
      put(output, first);
    }
  }

  private static boolean alike(Draft a, @Nullable Draft b) {
    if (b == null || a.axis() != b.axis() || a.parts().size() != b.parts().size()) {
      return false;
    }
    for (int i = 0; i < a.parts().size(); i++) {
      Part left = a.parts().get(i);
      Part right = b.parts().get(i);
      if (left.repeat() != right.repeat() || left.width() != right.width()) {
        return false;
      }
    }
    return true;
  }

  private static void unite(Draft a, @Nullable Draft b, boolean stream) {
    for (int i = 0; b != null && i < a.parts().size(); i++) {
      SpaceDraft.join(a.parts().get(i).space(), b.parts().get(i).space());
      a.parts().get(i).space().root().stream |= stream;
    }
  }

  @Override
  public boolean sameChannels(int a, int b) {
    Draft left = draft(a);
    Draft right = draft(b);
    return left != null && right != null && roots(left).equals(roots(right));
  }

  private static List<Part> roots(Draft draft) {
    return draft.parts().stream().map(p -> new Part(p.space().root(), p.repeat())).toList();
  }

  @Override
  public void concatenate(int output) {
    List<Part> parts = new ArrayList<>();
    int axis = -1;
    boolean complete = true;
    for (int i = 0; i < node.inputs().size(); i++) {
      spokenOf.add(i);
      Draft draft = draft(i);
      if (draft == null || (axis >= 0 && draft.axis() != axis)) {
        complete = false;
      } else {
        axis = draft.axis();
        parts.addAll(draft.parts());
      }
    }
    if (complete) {
      put(output, new Draft(axis, parts));
    } else {
      for (int i = 0; i < node.inputs().size(); i++) {
        pin(i, "concatenated with a tensor without channels");
      }
    }
  }

  @Override
  public void ignore(int input) {
    spokenOf.add(input);
  }

  @Override
  public void selectOnly(int input, String why) {
    spokenOf.add(input);
    analysis.restrict(node.inputs().get(input), Freedom.SELECT_ONLY, why + ": " + node.name());
  }

  @Override
  public void pin(int input, String why) {
    spokenOf.add(input);
    analysis.pin(node.inputs().get(input), why + ": " + node.name());
  }

  @Override
  public void pinOutput(int output, String why) {
    analysis.original(node.outputs().get(output), node.name(), why + ": " + node.name());
  }

  private @Nullable Draft draft(int input) {
    return node.hasInput(input) ? analysis.drafts.get(node.inputs().get(input)) : null;
  }

  private void put(int output, Draft draft) {
    String value = node.outputs().get(output);
    if (!value.isEmpty()) {
      analysis.drafts.put(value, draft);
    }
  }

  private void bind(int weight, int axis, Binding.Role role, List<Part> parts) {
    analysis.bind(new BindingDraft(node, weight, axis, role, parts));
  }
}
