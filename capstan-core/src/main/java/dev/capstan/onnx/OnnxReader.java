package dev.capstan.onnx;

import static java.util.stream.Collectors.toSet;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Opaque;
import dev.capstan.rewrite.BatchRows;
import java.nio.file.Path;
import java.util.Set;

/**
 * Reads ONNX models of opsets 7 to 26.
 *
 * <p>The file is mapped, and the graph's constants are views of it: the file must stay as it is
 * while the graph is in use (replacing it as a whole, as {@link OnnxWriter} does, is fine). The
 * memory is given back when nothing refers to the graph any more.
 */
public final class OnnxReader {
  /** A large network has a tenth of them. */
  private static final int TENSORS = 10_000;

  private OnnxReader() {}

  /**
   * Reads a model.
   *
   * <p>What operators make of constants alone is computed and becomes a constant. Constant inputs
   * that say how an operator works (limits, pads, axes) become part of it; initializers that are
   * inputs too are constants; nodes without a name of their own get one.
   *
   * @throws InvalidInputException naming the file, and node or tensor where it is one, if the file
   *     cannot be read, is no whole ONNX model, or says what is not supported
   */
  public static Graph read(Path file) {
    Graph graph = read(file, false, Set.of(), ConstantRuntime.NONE);
    graph
        .tail()
        .ifPresent(
            tail -> {
              throw new InvalidInputException(file + ": " + tail.reasons().get(0));
            });
    return graph;
  }

  /**
   * Reads a model as far as its operators are supported and it can be run in batches: all that the
   * graph gives has one row an image ({@link BatchRows}). The rest is the graph's tail, which
   * {@link OnnxWriter} writes after it.
   *
   * @throws InvalidInputException as {@link #read}, but not for what is only not supported
   */
  public static Graph readPart(Path file) {
    return readPart(file, Set.of(), ConstantRuntime.NONE);
  }

  /**
   * The same where some inputs are no part of the graph: what reads them is the tail's.
   *
   * @param apart names of these inputs
   * @param runtime computes what operators make of constants where there is no kernel for them, and
   *     shows what operators that are not known do: with layers behind them, the graph holds them
   * @throws InvalidInputException as {@link #read}, or if the model has no input of such a name
   */
  public static Graph readPart(Path file, Set<String> apart, ConstantRuntime runtime) {
    return read(file, true, apart, runtime);
  }

  /**
   * Whether a graph that was read from a file holds all its nodes, and knows them: none was
   * computed, replaced or left out on the way, and nothing lies in subgraphs or functions. Of more
   * tensors than networks have nothing is said: ONNX Runtime takes the square of their number to
   * load them.
   *
   * @throws InvalidInputException if the file cannot be read
   */
  public static boolean holdsAll(Graph graph, Path file) {
    Set<String> held =
        graph.nodes().stream()
            .filter(node -> !(node.operator() instanceof Opaque))
            .flatMap(node -> node.outputs().stream())
            .collect(toSet());
    ModelProto model = ModelFile.read(file);
    return model.getFunctionsCount() == 0
        && model.getGraph().getInitializerCount() <= TENSORS
        && model.getGraph().getNodeList().stream()
            .filter(node -> !node.getOpType().equals("Constant"))
            .allMatch(node -> held.containsAll(node.getOutputList()) && Subgraphs.count(node) == 1);
  }

  private static Graph read(
      Path file, boolean inBatches, Set<String> apart, ConstantRuntime runtime) {
    try {
      Reading reading =
          new Reading(
              ModelFile.read(file), new TensorReader(new ExternalData(file)), runtime, apart);
      return inBatches ? reading.inBatches() : reading.plain();
    } catch (InvalidInputException | UnsupportedException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // A damaged model meets what it is read by in ways that nobody thought of.
      String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new InvalidInputException(file + ": the model contradicts itself: " + what, e);
    }
  }
}
