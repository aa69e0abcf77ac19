package dev.capstan.torch;

import dev.capstan.data.Batch;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.torch.internal.distributed.BatchSums;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Guard;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.LabelCheck;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** How many labelled images a network gets right, and its loss. Owns the network's weights. */
final class AccuracySums implements BatchSums {
  static final String WORK = "an evaluation";

  private static final int TOP = 5;

  private final Graph graph;
  private final Dataset set;
  private final Program program;
  private final TaskLoss loss;
  private double images;
  private double first;
  private double amongFive;
  private double lossSum;

  /**
   * Of no images yet.
   *
   * @param set that the images are of
   */
  AccuracySums(Graph graph, Dataset set, Execution execution) {
    this.graph = graph;
    this.set = set;
    this.program = new Program(graph, execution);
    this.loss = new TaskLoss(graph);
  }

  static AccuracySums of(Parcel told, ImageSubset images, Execution execution) {
    return new AccuracySums(told.networks().get(0), images.dataset(), execution);
  }

  @Override
  public Parcel told() {
    return new Parcel(WORK, Map.of(), Map.of(), List.of(graph));
  }

  @Override
  public void add(Batch batch, long from) {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] outputs = Guard.run("a run", () -> program.run(Tensors.of(batch)));
      try {
        Tensor output = loss.first(List.of(outputs));
        LabelCheck.outputs(output.shape(), set);
        int count = Math.toIntExact(output.size(1));
        lossSum += loss.crossEntropy(output, batch.labels()).item_double() * batch.size();
        rank(Tensors.floats(output), count, batch.labels());
      } finally {
        Stream.of(outputs).forEach(Tensor::close);
      }
    }
  }

  private void rank(float[] scores, int classes, int[] labels) {
    for (int i = 0; i < labels.length; i++) {
      int above = 0;
      float own = scores[i * classes + labels[i]];
      for (int k = 0; k < classes; k++) {
        // An output equal to the class's own counts against it: a constant network earns nothing.
        boolean beats = k != labels[i] && !(scores[i * classes + k] < own);
        above += beats ? 1 : 0;
      }
      first += above == 0 ? 1 : 0;
      amongFive += above < TOP ? 1 : 0;
      images++;
    }
  }

  @Override
  public void total(ProcessGroup group) {
    double[] all = {images, first, amongFive, lossSum};
    group.sum(all);
    images = all[0];
    first = all[1];
    amongFive = all[2];
    lossSum = all[3];
  }

  Evaluation evaluation() {
    return new Evaluation(
        100.0 * first / images, 100.0 * amongFive / images, lossSum / images, Math.round(images));
  }

  @Override
  public void close() {
    program.close();
  }
}
