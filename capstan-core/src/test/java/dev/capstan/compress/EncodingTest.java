package dev.capstan.compress;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.RandomBases;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Of 3 and 5 channels side by side, 2 x 2 pixels each, flattened. */
class EncodingTest {
  private static final int PIXELS = 4;

  private final Layers net = new Layers("net", 1, Dim.open("N"), 3, 2);
  private final Feature left = net.conv(net.input(), 3, 1, 1);
  private final Feature right = net.conv(net.input(), 5, 1, 1);
  private final Feature both = net.concat(left, right);
  private final Feature flat = net.flatten(both);
  private final Graph graph = net.outputs(net.gemm(flat, 4));
  private final ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
  private final Bases bases = RandomBases.orthonormal(spaces, 3);

  private Space space(Feature feature) {
    return spaces.compressible().stream()
        .filter(space -> space.producers().equals(List.of(feature.name())))
        .findFirst()
        .orElseThrow();
  }

  private Matrix encoding(Feature feature, Bases of) {
    return requireNonNull(Encoding.of(feature.name(), spaces, of));
  }

  @Test
  void aValueOfOneSpaceHasItsBasis() {
    assertThat(encoding(left, bases)).isEqualTo(bases.of(space(left)).encode());
  }

  /** Pixel by pixel: the left channels among themselves, then the right ones. */
  @Test
  void pixelsKeepTheirPlaces() {
    Matrix a = bases.of(space(left)).encode();
    Matrix b = bases.of(space(right)).encode();
    Matrix all = encoding(flat, bases);

    assertThat(all.rows()).isEqualTo(8 * PIXELS);
    assertThat(all.columns()).isEqualTo((a.columns() + b.columns()) * PIXELS);
    for (int i = 0; i < all.rows(); i++) {
      for (int j = 0; j < all.columns(); j++) {
        int row = i / PIXELS;
        int column = j / PIXELS;
        boolean isLeft = row < 3 && column < a.columns();
        boolean isRight = row >= 3 && column >= a.columns();
        float channel =
            isLeft ? a.at(row, column) : isRight ? b.at(row - 3, column - a.columns()) : 0;
        assertThat(all.at(i, j)).isEqualTo(i % PIXELS == j % PIXELS ? channel : 0);
      }
    }
  }

  @Test
  void channelsThatAreKeptStay() {
    Bases one = new Bases(Map.of(space(left).name(), bases.of(space(left))));

    assertThat(Encoding.of(right.name(), spaces, one)).isNull();
    Matrix all = encoding(both, one);
    int kept = all.columns() - 5;
    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 5; j++) {
        assertThat(all.at(3 + i, kept + j)).isEqualTo(i == j ? 1 : 0);
      }
    }
  }
}
