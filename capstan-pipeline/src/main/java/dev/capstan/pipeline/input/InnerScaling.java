package dev.capstan.pipeline.input;

import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.graph.op.Cast;
import dev.capstan.graph.op.Identity;
import dev.capstan.graph.op.Transpose;
import dev.capstan.job.PreprocessingOptions;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Networks that bring pixels from 0..255 into their own range, whose input's type does not tell so:
 * fed with ImageNet's mean and deviation they see next to nothing.
 */
final class InnerScaling {
  /** No picture between 0 and 1 is shifted by as much. */
  private static final double PIXELS = 4;

  /** No picture between 0 and 1 is made as small. */
  private static final double PART = 1 / 20.0;

  private static final Set<Class<?>> MOVING = Set.of(Transpose.class, Identity.class, Cast.class);

  private InnerScaling() {}

  /** A hint for whoever said nothing of what is done to pixels; empty where none is due. */
  static String hint(Graph graph, PreprocessingOptions said) {
    boolean isAsked = !said.tellValues() && graph.inputs().size() == 1;
    Node node = isAsked ? scaling(graph) : null;
    return node == null
        ? ""
        : "node '%s' (%s) brings pixels from 0..255 into the network's own range, but it is fed with ImageNet's mean and deviation: is it to see pixels as they are, give setting 'range' byte, setting 'mean' 0,0,0 and setting 'std' 1,1,1"
            .formatted(node.name(), node.operator().type());
  }

  /** What scales, of the nodes that the input alone goes through before anything else. */
  private static @Nullable Node scaling(Graph graph) {
    if (!graph.inputs().get(0).type().type().isFloating()) {
      return null;
    }
    Node node = graph.soleReader(graph.inputs().get(0).name());
    while (node != null && !scales(graph, node)) {
      boolean goesOn = MOVING.contains(node.operator().getClass()) || known(graph, node) != null;
      node = goesOn ? graph.soleReader(node.output()) : null;
    }
    return node;
  }

  private static boolean scales(Graph graph, Node node) {
    Constant known = known(graph, node);
    if (known == null) {
      return false;
    }
    double least =
        IntStream.range(0, known.elements())
            .mapToDouble(known::real)
            .map(Math::abs)
            .min()
            .orElse(0);
    double most =
        IntStream.range(0, known.elements())
            .mapToDouble(known::real)
            .map(Math::abs)
            .max()
            .orElse(0);
    if (node.operator() == Arithmetic.MUL) {
      return least > 0 && most < PART;
    }
    return node.operator() == Arithmetic.DIV ? least > 1 / PART : most > PIXELS;
  }

  /** The constant by which a node shifts or scales, a BatchNormalization's mean. */
  private static @Nullable Constant known(Graph graph, Node node) {
    if (node.operator() instanceof BatchNormalization) {
      return graph.constant(node.inputs().get(3));
    }
    boolean linear =
        node.operator() instanceof Add
            || node.operator() == Arithmetic.SUB
            || node.operator() == Arithmetic.MUL
            || node.operator() == Arithmetic.DIV;
    Constant right = linear ? graph.constant(node.inputs().get(1)) : null;
    return linear && right == null ? graph.constant(node.inputs().get(0)) : right;
  }
}
