package dev.capstan.torch.internal.learn;

import dev.capstan.compress.Compression;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Matrix;
import dev.capstan.torch.internal.calibrate.ReconstructionPoint;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.paired.ChangedValues;
import dev.capstan.torch.internal.paired.PairedRun;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs the original and the compressed network side by side, in topological order, and sums up how
 * far they are apart at the reconstruction points. An activation of the original is dropped as soon
 * as it was compared and used. Owns the weights of both until closed.
 *
 * <p>What no compressed space changes is computed once, for both.
 */
public final class Lockstep implements AutoCloseable {
  /**
   * What a run gives.
   *
   * @param rho mean over the points of {@code ||t - t'||^2 / c}, a scalar that autograd follows
   * @param original outputs of the original, in the graph's order
   * @param compressed outputs of the compressed network
   */
  public record Result(Tensor rho, List<Tensor> original, List<Tensor> compressed) {}

  final ChannelSpaces spaces;
  final Execution execution;
  final Program original;
  final Program compressed;
  final Set<String> compared;
  final ChangedValues differing;
  final CachedKernels resting;

  /**
   * Makes both networks ready.
   *
   * @param bases bases whose ranks the compressed network has
   */
  Lockstep(ChannelSpaces spaces, Bases bases, Execution execution) {
    this(spaces, bases, Set.of(), execution);
  }

  /**
   * The same with spaces whose bases stay as they are for some runs.
   *
   * @param slow their names
   */
  Lockstep(ChannelSpaces spaces, Bases bases, Set<String> slow, Execution execution) {
    Graph graph = spaces.graph();
    this.resting = new CachedKernels(slow);
    this.spaces = spaces;
    this.execution = execution;
    this.compared = ReconstructionPoint.values(ReconstructionPoint.of(spaces, bases));
    this.original = new Program(graph, execution);
    this.compressed = new Program(Compression.apply(spaces, bases), execution);
    this.differing = new ChangedValues(spaces.graph(), node -> isBound(node, bases));
  }

  /** Whether a node's weights lie along compressed channels. */
  private boolean isBound(Node node, Bases bases) {
    return spaces.bindings(node.name()).stream()
        .flatMap(binding -> binding.segments().stream())
        .anyMatch(segment -> bases.contains(segment.space()));
  }

  /**
   * Runs both networks and compares them at all reconstruction points.
   *
   * @param bases bases by space
   * @param scales c by compared value: its mean squared norm for one image
   */
  Result run(Tensor[] images, Map<String, Projector.Pair> bases, Map<String, Double> scales) {
    try (PairedRun run = new PairedRun(original, compressed, differing, images)) {
      return new LockstepRun(this, run, bases, scales).over(images[0].size(0));
    }
  }

  /** Ends the rest of slow spaces: what their kernels gathered goes on to these bases. */
  void release(Map<String, Projector.Pair> bases) {
    resting.release(new Projector(spaces, bases));
  }

  /** Ends the rest of slow spaces without a step: what their kernels gathered is forgotten. */
  void forget() {
    resting.close();
  }

  /** The bases of a compressed network as tensors that do not learn. */
  static Projector.Pair fixed(Basis basis) {
    Tensor encode = matrix(basis.encode());
    return new Projector.Pair(
        encode, basis.decode().equals(basis.encode()) ? encode : matrix(basis.decode()));
  }

  static Tensor matrix(Matrix matrix) {
    return Tensors.of(matrix.values(), matrix.rows(), matrix.columns());
  }

  @Override
  public void close() {
    resting.close();
    original.close();
    compressed.close();
  }
}
