package dev.capstan.outputs.judged;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Concat;
import dev.capstan.outputs.judged.JudgedOutput.Part;
import dev.capstan.outputs.judged.JudgedOutput.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Outputs of a graph in which scores lie beside other numbers of the same places (boxes in pixels,
 * whose variation would hide theirs): each part is judged by itself.
 */
final class JoinedScores {
  private final Graph graph;
  private final Scores scores;
  private final Map<String, TensorType> types;

  JoinedScores(Graph graph) {
    this.graph = graph;
    this.scores = new Scores(graph);
    this.types = ShapeInference.of(graph);
  }

  /** The same outputs, in parts where they are put together of such. */
  List<JudgedOutput> of(List<JudgedOutput> outputs) {
    return outputs.stream().flatMap(this::parts).toList();
  }

  private Stream<JudgedOutput> parts(JudgedOutput output) {
    Node node = graph.producer(output.name());
    TensorType type = types.get(output.name());
    if (node == null
        || type == null
        || type.shape().rank() < Scores.LEAST_RANK
        || !(node.operator() instanceof Concat concat)
        || node.inputs().stream().map(scores::contains).distinct().count() < 2) {
      return Stream.of(output);
    }
    List<JudgedOutput> parts = parts(output, node, type.shape().axis(concat.axis()));
    return parts == null ? Stream.of(output) : parts.stream();
  }

  /** Null where an extent is open, or images lie along the axis. */
  private @Nullable List<JudgedOutput> parts(JudgedOutput output, Node join, int axis) {
    List<JudgedOutput> parts = new ArrayList<>();
    long from = 0;
    for (String input : join.inputs()) {
      TensorType type = types.get(input);
      Shape shape = type == null ? null : type.shape();
      if (axis == 0 || shape == null || shape.size(axis) < 0) {
        return null;
      }
      long to = from + shape.size(axis);
      Part part = scores.contains(input) ? Part.SCORES : Part.SCORED;
      parts.add(
          new JudgedOutput(
              output.index(), output.name(), Reading.PLAIN, 0, part, new Range(axis, from, to)));
      from = to;
    }
    return parts;
  }
}
