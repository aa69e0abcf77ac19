package dev.capstan.torch.internal.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.outputs.OutputKind;
import dev.capstan.recipe.WorkListener;
import dev.capstan.testing.Layers;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.paired.AgreementTally;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputVariationTest {
  private static final ImageSubset IMAGES =
      ImageSubset.all(
          new ImageStore(
              new ShapeImages(5, 40), new ImageIoDecoder(), Preprocessing.imageNet(16, 16)));
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);

  private static Graph network(int seed) {
    Layers net = new Layers("values", seed, Dim.open("N"), 3, 16);
    return OutputKind.VALUES.mark(net.outputs(net.gemm(net.flatten(net.input()), 5)));
  }

  /** However images lie in batches, the mean over batches is the error over all images. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 40})
  void meansOfBatchesAreTheErrorOfAllImages(int size) {
    Graph original = network(1);
    Graph other = network(2);
    TaskLoss loss = new TaskLoss(original).measured(original, IMAGES, EXECUTION);
    double mean = 0;
    try (Program expected = new Program(original, EXECUTION);
        Program found = new Program(other, EXECUTION);
        Batches batches = IMAGES.batches(size, 1)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        mean += divergence(loss, expected, found, batch) * batch.size() / IMAGES.size();
      }
    }
    Summation alone = Summation.alone(EXECUTION, WorkListener.NONE);
    double whole = AgreementTally.of(original, other, IMAGES, alone, "").divergence();

    assertThat(mean).isCloseTo(whole, within(1e-5 * whole)).isPositive();
  }

  private static double divergence(TaskLoss loss, Program expected, Program found, Batch batch) {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] targets = expected.run(Tensors.of(batch));
      Tensor[] outputs = found.run(Tensors.of(batch));
      double value = loss.divergence(List.of(targets), List.of(outputs)).item_double();
      Stream.of(targets, outputs).flatMap(Arrays::stream).forEach(Tensor::close);
      return value;
    }
  }
}
