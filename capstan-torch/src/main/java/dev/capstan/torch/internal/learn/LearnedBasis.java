package dev.capstan.torch.internal.learn;

import dev.capstan.graph.Constant;
import dev.capstan.space.Basis;
import dev.capstan.space.Matrix;
import dev.capstan.torch.internal.calibrate.ChannelScales;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.projection.FreeMatrix;
import dev.capstan.torch.internal.projection.LearnedMatrix;
import dev.capstan.torch.internal.projection.OrthonormalMatrix;
import dev.capstan.torch.internal.projection.StepCoordinates;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A basis that learns. Owns its matrices until closed.
 *
 * <p>Where E must stay a selection, D alone may learn: what reads the channels through weights may
 * mix them.
 */
final class LearnedBasis implements AutoCloseable {
  private final Basis start;
  private final @Nullable LearnedMatrix encode;
  private final LearnedMatrix decode;
  private final Tensor selected;
  private Projector.@Nullable Pair leaves;

  private LearnedBasis(
      Basis start, @Nullable LearnedMatrix encode, LearnedMatrix decode, Tensor selected) {
    this.start = start;
    this.encode = encode;
    this.decode = decode;
    this.selected = selected;
  }

  /** E = D, orthonormal, from such a start. */
  static LearnedBasis tied(Basis start) {
    Tensor matrix = Lockstep.matrix(start.encode());
    LearnedMatrix both = new OrthonormalMatrix(matrix);
    return new LearnedBasis(start, both, both, matrix);
  }

  /**
   * E and D apart.
   *
   * @param channels how large they are, and how they vary together
   */
  static LearnedBasis oblique(Basis start, ChannelScales channels) {
    Tensor selected = Lockstep.matrix(start.encode());
    int[] by = selected(start);
    StepCoordinates steps = StepCoordinates.encoding(channels.sizes(), channels.correlations(), by);
    return new LearnedBasis(
        start, new FreeMatrix(selected, steps), decode(start, channels, by), selected);
  }

  /** D alone. */
  static LearnedBasis decoding(Basis start, ChannelScales channels) {
    return new LearnedBasis(
        start, null, decode(start, channels, selected(start)), Lockstep.matrix(start.encode()));
  }

  private static LearnedMatrix decode(Basis start, ChannelScales channels, int... selected) {
    try (Tensor matrix = Lockstep.matrix(start.decode())) {
      return new FreeMatrix(
          matrix, StepCoordinates.decoding(channels.sizes(), channels.correlations(), selected));
    }
  }

  /** The channel that each column of E selects most of. */
  private static int[] selected(Basis start) {
    int[] selected = new int[start.rank()];
    for (int k = 0; k < selected.length; k++) {
      for (int i = 1; i < start.width(); i++) {
        float most = Math.abs(start.encode().at(selected[k], k));
        selected[k] = Math.abs(start.encode().at(i, k)) > most ? i : selected[k];
      }
    }
    return selected;
  }

  /** The matrices as autograd's leaves, the same ones until the next step. */
  Projector.Pair leaves() {
    if (leaves == null) {
      Tensor reads = kept(decode.leaf());
      Tensor writes = encode == decode ? reads : encode == null ? selected : kept(encode.leaf());
      leaves = new Projector.Pair(writes, reads);
    }
    return leaves;
  }

  private static Tensor kept(Tensor leaf) {
    leaf.retainReference();
    return leaf;
  }

  /** A step along what the leaves gathered, which are let go of. */
  void step(double rate) {
    Projector.Pair gathered = leaves;
    if (gathered == null) {
      return;
    }
    move(decode, gathered.decode(), rate);
    if (encode != null && encode != decode) {
      move(encode, gathered.encode(), rate);
    }
    release();
  }

  /**
   * What the leaves have gathered; it stays theirs.
   *
   * @param defined whether leaves that have gathered nothing are left out; else they get zeros
   */
  List<Tensor> gradients(boolean defined) {
    Projector.Pair pair = leaves();
    return Stream.of(pair.decode(), pair.encode())
        .distinct()
        .filter(leaf -> leaf != selected)
        .filter(leaf -> !defined || leaf.grad().defined())
        .map(LearnedBasis::gradient)
        .toList();
  }

  private static Tensor gradient(Tensor leaf) {
    if (!leaf.grad().defined()) {
      leaf.mutable_grad().put(leaf.detach().mul(new Scalar(0)));
    }
    return leaf.grad();
  }

  private static void move(LearnedMatrix matrix, Tensor leaf, double rate) {
    if (leaf.grad().defined()) {
      matrix.step(leaf.grad(), rate);
    }
  }

  /** Whether nothing has been gathered that a state would leave out. */
  boolean isAtRest() {
    return leaves == null;
  }

  /** What the steps to come depend on. */
  Map<String, Constant> state() {
    Map<String, Constant> state = new LinkedHashMap<>();
    List<LearnedMatrix> matrices = matrices();
    for (int i = 0; i < matrices.size(); i++) {
      String prefix = i + "/";
      matrices.get(i).state().forEach((name, part) -> state.put(prefix + name, part));
    }
    return state;
  }

  /** Goes back to a state. */
  void set(SealedFile.State state) {
    release();
    List<LearnedMatrix> matrices = matrices();
    for (int i = 0; i < matrices.size(); i++) {
      matrices.get(i).set(state.part(i + "/"));
    }
  }

  /** Remembers the basis as it stands, to go back to. */
  void keep() {
    matrices().forEach(LearnedMatrix::keep);
  }

  /** Goes back to the basis that was remembered; what the leaves gathered is forgotten. */
  void back() {
    release();
    matrices().forEach(LearnedMatrix::back);
  }

  private List<LearnedMatrix> matrices() {
    return encode == null || encode == decode ? List.of(decode) : List.of(encode, decode);
  }

  private void release() {
    if (leaves != null) {
      Stream.of(leaves.encode(), leaves.decode())
          .filter(leaf -> leaf != selected)
          .distinct()
          .forEach(Tensor::close);
      leaves = null;
    }
  }

  /** The basis as it stands. */
  Basis basis() {
    Matrix reads = copy(decode);
    if (encode == decode) {
      return new Basis.Tied(reads);
    }
    return new Basis.Oblique(encode == null ? start.encode() : copy(encode), reads);
  }

  private Matrix copy(LearnedMatrix learned) {
    return new Matrix(start.width(), start.rank(), Tensors.floats(learned.matrix()));
  }

  @Override
  public void close() {
    release();
    selected.close();
    matrices().forEach(LearnedMatrix::close);
  }
}
