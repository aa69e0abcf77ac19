package dev.capstan.torch.internal.criteria;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelLayout.Segment;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.OriginalRun;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Principal components of the channels of spaces: the top eigenvectors of {@code M = sum x x^T},
 * summed over images, places and the consumers that read x. Uncentred, because what is lost of a
 * mean is lost like anything else.
 */
final class SecondMoments implements OriginalRun.Observer {
  private final ChannelSpaces spaces;
  private final Map<String, Tensor> sums = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();

  /** Watches what the consumers of these spaces read; the sums belong to the open scope. */
  SecondMoments(ChannelSpaces spaces, Collection<Space> watched) {
    Graph graph = spaces.graph();
    this.spaces = spaces;
    for (Space space : watched) {
      sums.put(space.name(), torch.zeros(space.width(), space.width()).to(ScalarType.Double));
    }
    watched.stream()
        .flatMap(space -> space.consumers().stream())
        .distinct()
        .forEach(node -> readers.merge(graph.node(node).inputs().get(0), 1, Integer::sum));
  }

  @Override
  public void after(Node node, Function<String, Tensor> values) {
    for (String output : node.outputs()) {
      ChannelLayout layout = spaces.layout(output);
      if (layout != null && readers.containsKey(output)) {
        add(values.apply(output), layout, readers.get(output));
      }
    }
  }

  private void add(Tensor value, ChannelLayout layout, int times) {
    long from = 0;
    for (Segment segment : layout.segments()) {
      long width = spaces.space(segment.space()).width();
      Tensor sum = sums.get(segment.space());
      if (sum != null) {
        add(sum, value.narrow(layout.axis(), from, width * segment.repeat()), layout.axis(), times);
      }
      from += width * segment.repeat();
    }
  }

  private static void add(Tensor sum, Tensor value, int axis, int times) {
    try (PointerScope scope = new PointerScope()) {
      // In float64: the square of a small component would be lost beside that of a large one.
      Tensor rows = value.movedim(axis, 0).reshape(sum.size(0), -1).to(ScalarType.Double);
      sum.add_(rows.matmul(rows.t()).mul(new Scalar(times)));
    }
  }

  /** The top eigenvectors, the largest eigenvalue first. */
  Basis basis(Space space, int rank) {
    try (PointerScope scope = new PointerScope()) {
      Tensor moments = sums.get(space.name());
      if (moments == null) {
        throw new IllegalArgumentException("space '" + space.name() + "' was not watched");
      }
      Tensor rising = torch.linalg_eigh(moments).get1();
      Tensor top = rising.narrow(1, space.width() - rank, rank).flip(1);
      return new Basis.Tied(new Matrix(space.width(), rank, Tensors.floats(top)));
    }
  }
}
