package dev.capstan.outputs.judged;

import static dev.capstan.outputs.judged.JudgedOutput.Part.SCORED;
import static dev.capstan.outputs.judged.JudgedOutput.Part.SCORES;
import static dev.capstan.outputs.judged.JudgedOutput.Part.WHOLE;

import dev.capstan.graph.ForeignNode;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Tail;
import dev.capstan.outputs.judged.JudgedOutput.Part;
import dev.capstan.outputs.judged.TailWays.End;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Which outputs of a network are compared with the original's, and as what. Those of the file count
 * as they are; of what a tail reads beside them, that of which it asks the extents alone counts
 * nothing, and the rest as what the tail makes of it first.
 */
public final class JudgedOutputs {
  private final Graph graph;
  private final Tail tail;
  private final TailWays ways;
  private final Scores scores;
  private final boolean scored;

  private JudgedOutputs(Graph graph, Tail tail) {
    this.graph = graph;
    this.tail = tail;
    this.ways = new TailWays(tail);
    this.scores = new Scores(graph);
    this.scored =
        tail.nodes().stream().anyMatch(Lists::finds) || new TailScores(tail, scores).joined();
  }

  /**
   * Those of a graph, in order: at least one, where it has any that depends on an input. Constants,
   * anchors for one, are what they were.
   */
  public static List<JudgedOutput> of(Graph graph) {
    List<JudgedOutput> all =
        IntStream.range(0, graph.outputs().size())
            .filter(i -> graph.constant(graph.outputs().get(i).name()) == null)
            .mapToObj(i -> JudgedOutput.plain(i, graph.outputs().get(i).name()))
            .toList();
    List<JudgedOutput> judged =
        graph
            .tail()
            .map(tail -> new JudgedOutputs(graph, tail).of(all))
            .orElseGet(() -> new JoinedScores(graph).of(all));
    return judged.isEmpty() ? all : judged;
  }

  /** The outputs of a graph that are not among them, by name. */
  public static Set<String> others(Graph graph) {
    Set<String> names = new LinkedHashSet<>();
    graph.outputs().forEach(output -> names.add(output.name()));
    of(graph).forEach(output -> names.remove(output.name()));
    return names;
  }

  /**
   * Outputs of a network's file, by name, that list what is found: as many as there are, in the
   * order of a score, so that in the lists of two networks no element stands beside its like. What
   * the tail reads is judged in their place.
   */
  public static Set<String> lists(Graph graph) {
    return graph.tail().map(TailWays::lists).orElse(Set.of());
  }

  private List<JudgedOutput> of(List<JudgedOutput> outputs) {
    return outputs.stream().flatMap(output -> judged(output).stream()).toList();
  }

  private Optional<JudgedOutput> judged(JudgedOutput output) {
    String name = output.name();
    TailWays.Way way = ways.of(name);
    if (way.given()) {
      return Optional.of(output);
    }
    List<End> ends = way.ends().stream().filter(end -> !end.isShape()).toList();
    if (ends.isEmpty() && !way.ends().isEmpty()) {
      return Optional.empty();
    }
    int axis = softmax(name, ends);
    Reading reading =
        axis > 0
            ? Reading.SOFTMAX
            : all(ends, end -> end.is("Sigmoid")) ? Reading.SIGMOID : Reading.PLAIN;
    return Optional.of(
        new JudgedOutput(output.index(), name, reading, axis, part(name, reading, ends), null));
  }

  private Part part(String name, Reading reading, List<End> ends) {
    if (!scored) {
      return WHOLE;
    }
    boolean score =
        reading != Reading.PLAIN || all(ends, Lists::suppressesBy) || scores.contains(name);
    return score ? SCORES : SCORED;
  }

  private static boolean all(List<End> ends, Predicate<End> test) {
    return !ends.isEmpty() && ends.stream().allMatch(test);
  }

  /** The axis of a value along which a tail makes shares of it, 0 where it does not. */
  private int softmax(String value, List<End> ends) {
    if (!all(ends, end -> end.is("Softmax"))) {
      return 0;
    }
    List<Integer> axes = ends.stream().map(end -> axis(value, end)).distinct().toList();
    return axes.size() == 1 ? axes.get(0) : 0;
  }

  /** Moved as it may be, an axis is known again by its extent, if no other has the same. */
  private int axis(String value, End end) {
    Optional<Shape> before = tail.shapes().of(value);
    Optional<Shape> after = tail.shapes().of(end.value());
    if (before.isEmpty() || after.isEmpty()) {
      return 0;
    }
    long extent = extent(end.node(), after.get());
    List<Integer> like =
        IntStream.range(1, before.get().rank())
            .filter(axis -> before.get().size(axis) == extent)
            .boxed()
            .toList();
    return like.size() == 1 ? like.get(0) : 0;
  }

  /** Before operator set 13 a softmax went over its axis and all after it. */
  private long extent(ForeignNode softmax, Shape shape) {
    boolean flat = graph.metadata().opset() < 13;
    boolean said = softmax.attributes().containsKey("axis");
    long axis = said ? softmax.integer("axis") : flat ? 1 : -1;
    int at = (int) (axis < 0 ? axis + shape.rank() : axis);
    return flat && at != shape.rank() - 1 ? -1 : shape.size(at);
  }
}
