package dev.capstan.torch.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.op.Add;
import dev.capstan.graph.op.Relu;
import dev.capstan.zoo.Zoo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceBatchTest {
  private static TensorType images(int side) {
    return new TensorType(DataType.FLOAT32, Shape.of(-1, 3, side, side));
  }

  /** So many activations in a row; the first is read once more at the end. */
  private static Graph chain(int side, int length, boolean skip) {
    Graph.Builder graph = Graph.builder("g").input("x", images(side));
    String last = "x";
    for (int i = 0; i < length; i++) {
      graph.node(new Relu(), "y" + i, last);
      last = "y" + i;
    }
    if (skip) {
      graph.node(new Add(), "sum", "y0", last);
      last = "sum";
    }
    return graph.output(last, images(side)).build();
  }

  /** A node's operand and its result, however many nodes there are; a skip stays alive beside. */
  @Test
  void whatIsUsedUpIsNotCounted() {
    assertThat(InferenceBatch.mostAlive(chain(8, 2, false))).isEqualTo(2 * 3 * 64);
    assertThat(InferenceBatch.mostAlive(chain(8, 20, false))).isEqualTo(2 * 3 * 64);
    assertThat(InferenceBatch.mostAlive(chain(8, 2, true))).isEqualTo(3 * 3 * 64);
    assertThat(InferenceBatch.mostAlive(chain(8, 20, true))).isEqualTo(3 * 3 * 64);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 32, 224, 640, 1024, 8192})
  void aBatchTakesAGigabyteAtMost(int side) {
    int batch = InferenceBatch.of(chain(side, 5, true), 100);
    long each = 4L * 3 * 3 * side * side;

    assertThat(batch).isBetween(1, 100);
    assertThat(batch == 1 || batch * each <= 1L << 30).isTrue();
    assertThat(batch == 100 || (batch + 1) * each > 1L << 30).isTrue();
  }

  /** Networks that are shown images of 224 x 224 go on seeing a hundred at once. */
  @ParameterizedTest
  @ValueSource(strings = {"resnet20", "resnet18", "resnet50"})
  void usualNetworksSeeAsManyAsEver(String name) {
    assertThat(InferenceBatch.of(Zoo.random(name, 1), 100)).isEqualTo(100);
  }
}
