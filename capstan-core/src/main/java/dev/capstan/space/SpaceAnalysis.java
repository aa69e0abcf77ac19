package dev.capstan.space;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Layout.Segment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the channel spaces of a graph: walks it once in order, lets every operator say what it does
 * to channels, and joins the spaces that must be one.
 */
final class SpaceAnalysis {
  /** Channels along an axis, in terms of spaces that may still be joined. */
  record Draft(int axis, List<Part> parts) {}

  /** Channels of one space, each {@code repeat} elements long. */
  record Part(SpaceDraft space, int repeat) {
    int width() {
      return space.root().width * repeat;
    }
  }

  /** A binding whose spaces may still be joined. */
  record BindingDraft(Node node, int input, int axis, Binding.Role role, List<Part> parts) {}

  final Graph graph;
  final Map<String, TensorType> types;
  final Map<String, Draft> drafts = new LinkedHashMap<>();
  private final List<SpaceDraft> spaces = new ArrayList<>();
  private final List<BindingDraft> bindings = new ArrayList<>();

  private SpaceAnalysis(Graph graph) {
    this.graph = graph;
    this.types = ShapeInference.of(graph);
  }

  static ChannelSpaces run(Graph graph, Residual residual) {
    SpaceAnalysis analysis = new SpaceAnalysis(graph);
    for (Value input : graph.inputs()) {
      analysis.original(input.name(), input.name(), "graph input");
    }
    for (Node node : graph.nodes()) {
      new NodeFlow(analysis, node).run();
    }
    for (Value output : graph.outputs()) {
      analysis.pin(output.name(), "graph output");
    }
    if (residual == Residual.KEEP) {
      analysis.spaces.stream()
          .filter(space -> space.root().stream)
          .forEach(space -> space.root().restrict(Freedom.PINNED, "residual stream is kept"));
    }
    return analysis.finish();
  }

  /** A new space. */
  SpaceDraft create(String name, int width) {
    SpaceDraft space = new SpaceDraft(name, width, spaces.size());
    spaces.add(space);
    return space;
  }

  /** A value in the original's coordinates: its axis 1, if it has one, is a pinned space. */
  void original(String value, String name, String why) {
    TensorType type = types.get(value);
    Shape shape = type == null ? Shape.of() : type.shape();
    Dim channels = shape.rank() < 2 ? Dim.UNKNOWN : shape.dims().get(1);
    if (channels.isKnown() && channels.size() > 0) {
      SpaceDraft space = create(name, Math.toIntExact(channels.size()));
      space.restrict(Freedom.PINNED, why);
      drafts.put(value, new Draft(1, List.of(new Part(space, 1))));
    }
  }

  void pin(String value, String why) {
    restrict(value, Freedom.PINNED, why);
  }

  void restrict(String value, Freedom freedom, String why) {
    Draft draft = drafts.get(value);
    if (draft != null) {
      draft.parts().forEach(part -> part.space().root().restrict(freedom, why));
    }
  }

  void bind(BindingDraft binding) {
    bindings.add(binding);
    for (Part part : binding.parts()) {
      SpaceDraft space = part.space().root();
      String node = binding.node().name();
      // Only a constant that is multiplied with makes a producer; a bias alone does not.
      if (binding.role() == Binding.Role.DECODE) {
        space.addConsumer(node);
      }
    }
  }

  private ChannelSpaces finish() {
    Map<SpaceDraft, Space> finished = new LinkedHashMap<>();
    Map<String, Integer> names = new HashMap<>();
    for (SpaceDraft space : spaces) {
      if (space.root() == space) {
        int count = names.merge(space.name, 1, Integer::sum);
        finished.put(space, space.finish(count == 1 ? space.name : space.name + "#" + count));
      }
    }
    Map<String, Layout> layouts = new LinkedHashMap<>();
    drafts.forEach(
        (value, draft) ->
            layouts.put(value, new Layout(draft.axis(), segments(finished, draft.parts()))));
    List<Binding> bound =
        bindings.stream()
            .map(
                b ->
                    new Binding(
                        b.node().name(),
                        b.input(),
                        b.axis(),
                        b.role(),
                        segments(finished, b.parts())))
            .toList();
    return new ChannelSpaces(List.copyOf(finished.values()), layouts, bound);
  }

  private static List<Segment> segments(Map<SpaceDraft, Space> finished, List<Part> parts) {
    return parts.stream().map(part -> segment(finished, part)).toList();
  }

  private static Segment segment(Map<SpaceDraft, Space> finished, Part part) {
    @Nullable Space space = finished.get(part.space().root());
    if (space == null) {
      throw new IllegalStateException("space of " + part + " was not kept");
    }
    return new Segment(space.name(), part.repeat());
  }
}
