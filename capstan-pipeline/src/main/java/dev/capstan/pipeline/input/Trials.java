package dev.capstan.pipeline.input;

import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.FolderAlias;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Arithmetic;
import dev.capstan.ort.Limits;
import dev.capstan.ort.RunInputs;
import dev.capstan.ort.Trial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Trials of a model's file, and of what is written with its tail, in a process of their own: they
 * come before any run of such a file in this one.
 *
 * @param source the model
 * @param inputs what runs are fed
 */
public record Trials(SourceModel source, RunInputs inputs) {
  private static final Duration ALWAYS = Duration.ofSeconds(10);

  /** What a slow core does of the part that can be read, in multiply-accumulates. */
  private static final double MACS_A_SECOND = 5e9;

  private static final double BYTES_A_SECOND = 1e8;

  /** How much slower than that part the whole may be. */
  private static final int SLOWER = 20;

  private static final long ALWAYS_BYTES = 1L << 30;

  /** Copies of weights and of activations that ONNX Runtime may hold at a time. */
  private static final int COPIES = 4;

  /**
   * Loads a file and runs it once.
   *
   * @param batch inputs, where it leaves its first axis open
   * @param images what is fed before all else, by name
   * @throws InvalidInputException naming the model, if ONNX Runtime does not survive it
   */
  public Trial.Outcome of(Path file, int batch, Map<String, Constant> images) {
    FolderAlias alias = source.stored().alias();
    Trial trial = new Trial(file, batch, inputs, images);
    try {
      Trial.Outcome outcome = alias.in(() -> trial.make(limits(batch)));
      String refusal = outcome.refusal();
      return refusal == null ? outcome : new Trial.Outcome(outcome.shapes(), alias.named(refusal));
    } catch (InvalidInputException e) {
      throw new InvalidInputException(source.file() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The same on inputs that are drawn, or given.
   *
   * @throws InvalidInputException also if ONNX Runtime refuses the file
   */
  public void require(Path file, int batch) {
    String refusal = of(file, batch, Map.of()).refusal();
    if (refusal != null) {
      throw new InvalidInputException(file + ": " + refusal);
    }
  }

  /**
   * Whether a part that can be read holds what may end a process that runs it: divisions of
   * integers, which ONNX Runtime leaves to the processor, and that to a signal.
   */
  public static boolean isRisky(Graph graph) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    return graph.nodes().stream()
        .filter(node -> node.operator() == Arithmetic.DIV)
        .map(node -> types.get(node.output()))
        .anyMatch(type -> type == null || !type.type().isFloating());
  }

  /** Counted, not timed: what our own run of the part before the tail would take, and more. */
  private Limits limits(int batch) {
    double run = batch * Cost.of(source.open()).macs() / MACS_A_SECOND;
    double seconds = SLOWER * run + source.bytes() / BYTES_A_SECOND;
    long bytes = ALWAYS_BYTES + COPIES * (source.bytes() + batch * activations(source.open()));
    return new Limits(ALWAYS.plusMillis((long) (1000 * seconds)), bytes);
  }

  /** Bytes of all that the part gives for one input. */
  private static long activations(Graph graph) {
    return ShapeInference.of(graph).values().stream()
        .map(TensorType::shape)
        .filter(shape -> shape.rank() > 0)
        .mapToLong(shape -> Math.max(0, shape.elements(1, shape.rank())) * Float.BYTES)
        .sum();
  }
}
