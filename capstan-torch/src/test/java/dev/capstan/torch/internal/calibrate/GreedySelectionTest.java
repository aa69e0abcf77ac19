package dev.capstan.torch.internal.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.space.Basis;
import dev.capstan.space.Groups;
import dev.capstan.space.Matrix;
import dev.capstan.testing.OrtOracle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the formula: every choice is the best one, and what is rebuilt is the nearest. */
class GreedySelectionTest {
  private static final int WIDTH = 7;

  /** B B^T of a random n x k matrix. */
  private static double[] gram(long seed, int width, int columns) {
    float[] b = OrtOracle.Tensor.random(seed, width, columns).values();
    double[] gram = new double[width * width];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        for (int k = 0; k < columns; k++) {
          gram[i * width + j] += (double) b[i * columns + k] * b[j * columns + k];
        }
      }
    }
    return gram;
  }

  /** The readers' squared error, tr(A (I - D E^T) M (I - D E^T)^T), for any pair. */
  private static double error(double[] a, double[] m, int width, Basis basis) {
    double[][] left = new double[width][width];
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        left[i][j] = i == j ? 1 : 0;
        for (int k = 0; k < basis.rank(); k++) {
          left[i][j] -= (double) basis.decode().at(i, k) * basis.encode().at(j, k);
        }
      }
    }
    double error = 0;
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        for (int k = 0; k < width; k++) {
          for (int l = 0; l < width; l++) {
            error += a[i * width + j] * left[j][k] * m[k * width + l] * left[i][l];
          }
        }
      }
    }
    return error;
  }

  private static int[] channels(Basis basis) {
    return ((Basis.Selection) basis).channels();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void eachChoiceIsTheBestOne(long seed) {
    double[] m = gram(seed, WIDTH, 30);
    double[] a = gram(seed + 100, WIDTH, 9);
    for (int rank = 1; rank < WIDTH; rank++) {
      Basis chosen =
          new GreedySelection(WIDTH, m, a, GreedySelection.RIDGE, Groups.NONE)
              .to(rank)
              .rebuilding();
      int[] before =
          channels(
              new GreedySelection(WIDTH, m, a, GreedySelection.RIDGE, Groups.NONE)
                  .to(rank - 1)
                  .selection());
      for (int other = 0; other < WIDTH; other++) {
        int[] tried = IntStream.concat(IntStream.of(before), IntStream.of(other)).toArray();
        assertThat(error(a, m, WIDTH, chosen))
            .isLessThanOrEqualTo(1.0001 * error(a, m, WIDTH, nearest(m, tried)));
      }
    }
  }

  /** E selects these channels, D by least squares: steepest descent in each row, run to its end. */
  private static Basis nearest(double[] m, int... channels) {
    int[] kept = IntStream.of(channels).distinct().sorted().toArray();
    int r = kept.length;
    float[] decode = new float[WIDTH * r];
    for (int i = 0; i < WIDTH; i++) {
      double[] row = new double[r];
      for (int sweep = 0; sweep < 20_000; sweep++) {
        for (int p = 0; p < r; p++) {
          double rest = m[i * WIDTH + kept[p]];
          for (int q = 0; q < r; q++) {
            rest -= q == p ? 0 : row[q] * m[kept[q] * WIDTH + kept[p]];
          }
          row[p] = rest / m[kept[p] * WIDTH + kept[p]];
        }
      }
      for (int p = 0; p < r; p++) {
        decode[i * r + p] = (float) row[p];
      }
    }
    return new Basis.Oblique(Matrix.selection(WIDTH, kept), new Matrix(WIDTH, r, decode));
  }

  @Test
  void channelsThatDependOnOthersAreRebuiltExactly() {
    double[] m = gram(3, WIDTH, 4); // rank 4
    double[] a = gram(4, WIDTH, 9);

    Basis basis =
        new GreedySelection(WIDTH, m, a, GreedySelection.RIDGE, Groups.NONE).to(4).rebuilding();

    double all = error(a, m, WIDTH, new Basis.Tied(new Matrix(WIDTH, 1, new float[WIDTH])));
    assertThat(error(a, m, WIDTH, basis)).isCloseTo(0, within(1e-4 * all));
  }

  @Test
  void deadChannelsComeLast() {
    double[] m = gram(5, WIDTH, 30);
    for (int i = 0; i < WIDTH; i++) {
      m[2 * WIDTH + i] = 0;
      m[i * WIDTH + 2] = 0;
    }
    double[] a = gram(6, WIDTH, 9);

    assertThat(
            channels(
                new GreedySelection(WIDTH, m, a, GreedySelection.RIDGE, Groups.NONE)
                    .to(WIDTH - 1)
                    .selection()))
        .doesNotContain(2);
    assertThat(
            new GreedySelection(
                    WIDTH, new double[WIDTH * WIDTH], a, GreedySelection.RIDGE, Groups.NONE)
                .to(3)
                .rebuilding())
        .isNotNull();
  }

  @Test
  void choicesAreNested() {
    double[] m = gram(7, WIDTH, 30);
    double[] a = gram(8, WIDTH, 9);
    for (int rank = 1; rank < WIDTH; rank++) {
      int[] fewer =
          channels(
              new GreedySelection(WIDTH, m, a, GreedySelection.RIDGE, Groups.NONE)
                  .to(rank)
                  .selection());
      GreedySelection grown =
          new GreedySelection(WIDTH, m, a, GreedySelection.RIDGE, Groups.NONE)
              .to(rank)
              .to(rank + 1);
      assertThat(channels(grown.selection())).contains(fewer);
    }
  }

  /** What is left, and what it explains, computed anew before each choice. */
  @ParameterizedTest
  @ValueSource(ints = {12, 50, 200})
  void manyChoicesAreThoseOfTheFormula(int columns) {
    int width = 50;
    double[] m = gram(9, width, columns);
    double[] a = gram(10, width, 60);
    GreedySelection found = new GreedySelection(width, m, a, 1e-3, Groups.NONE);

    assertThat(found.to(width).order()).isEqualTo(byFormula(width, m, a, 1e-3));
  }

  private static int[] byFormula(int width, double[] m, double[] a, double share) {
    double[][] left = new double[width][width];
    double mean = IntStream.range(0, width).mapToDouble(i -> m[i * width + i]).sum() / width;
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        left[i][j] = m[i * width + j] + (i == j ? share * mean : 0);
      }
    }
    List<Integer> order = new ArrayList<>();
    while (order.size() < width) {
      int best =
          IntStream.range(0, width)
              .filter(c -> !order.contains(c))
              .boxed()
              .max(Comparator.comparingDouble(c -> quadratic(a, left[c]) / left[c][c]))
              .orElseThrow();
      double[] u = left[best].clone();
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < width; j++) {
          left[i][j] -= u[i] * u[j] / u[best];
        }
      }
      order.add(best);
    }
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double quadratic(double[] a, double[] u) {
    double sum = 0;
    for (int i = 0; i < u.length; i++) {
      for (int j = 0; j < u.length; j++) {
        sum += u[i] * a[i * u.length + j] * u[j];
      }
    }
    return sum;
  }
}
