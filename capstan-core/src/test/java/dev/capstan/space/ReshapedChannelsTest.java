package dev.capstan.space;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Reshape;
import dev.capstan.graph.op.Transpose;
import dev.capstan.space.ChannelLayout.Segment;
import dev.capstan.space.ChannelSpaces.Residual;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where 6 channels lie after a Reshape: each expectation is the row-major order spelled out. */
class ReshapedChannelsTest {
  private static final Dim BATCH = Dim.open("N");

  /** The layout of channels of axis 1, moved by {@code perm}, after a Reshape. */
  private static @Nullable ChannelLayout layout(Shape shape, List<Integer> perm, Long... target) {
    TensorType type = new TensorType(DataType.FLOAT32, shape);
    Graph graph =
        Graph.builder("net")
            .input("x", type)
            .node(new Transpose(perm), "turned", "x")
            .node(new Reshape(Arrays.asList(target), false), "y", "turned")
            .build();
    return ChannelSpaces.of(graph, Residual.PROJECT).layout("y");
  }

  private static void assertLies(@Nullable ChannelLayout found, int axis, Segment... segments) {
    assertThat(found).isEqualTo(new ChannelLayout(axis, List.of(segments)));
  }

  private static Shape images(Dim height) {
    return new Shape(List.of(BATCH, Dim.of(6), height, Dim.of(2)));
  }

  @Test
  void axesInsideOfThemFollow() {
    List<Integer> same = List.of(0, 1, 2, 3);
    assertLies(layout(images(Dim.of(4)), same, 0L, 6L, 8L), 1, new Segment("x", 1));
    assertLies(layout(images(Dim.of(4)), same, 0L, 1L, 6L, -1L), 2, new Segment("x", 1));
    assertLies(layout(images(Dim.open("H")), same, 0L, 6L, -1L), 1, new Segment("x", 1));
    assertLies(layout(images(Dim.of(4)), same, 0L, -1L), 1, new Segment("x", 8));
    assertLies(layout(images(Dim.of(4)), same, 0L, 24L, 2L), 1, new Segment("x", 4));
  }

  @Test
  void axesOutsideOfThemGoOnInTurn() {
    List<Integer> last = List.of(0, 2, 3, 1);
    Segment x = new Segment("x", 1);
    assertLies(layout(images(Dim.of(1)), last, 0L, -1L), 1, x, x);
    assertLies(layout(images(Dim.of(2)), last, 0L, 4L, 6L), 2, x);
    assertLies(layout(images(Dim.of(2)), last, 0L, 2L, 12L), 2, x, x);
  }

  @Test
  void whatMixesThemIsPinned() {
    List<Integer> same = List.of(0, 1, 2, 3);
    for (Long[] target :
        new Long[][] {{-1L, 16L}, {0L, 3L, -1L, 2L}, {0L, 4L, 12L}, {-1L, 6L, 4L}}) {
      ChannelLayout layout = layout(images(Dim.of(4)), same, target);
      assertThat(layout == null || !layout.segments().get(0).space().equals("x"))
          .as("%s: %s", Arrays.toString(target), layout)
          .isTrue();
    }
  }
}
