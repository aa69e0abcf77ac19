package dev.capstan.pipeline.input;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.metric.Metric;
import dev.capstan.metric.Sample;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.TorchNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows a metric what a network makes of images. */
record MetricRun(Metric metric, ImageStore images, int[] indices, Compute compute) {
  /** The metric of a network. */
  double of(Graph graph, String stage, WorkListener listener) {
    Metric.Tally tally = metric.start();
    String input = graph.inputs().get(0).name();
    try (TorchNetwork network = new TorchNetwork(graph, compute);
        Batches batches =
            images.batches(
                Order.sequential(indices), Augmentation.NONE, Scorer.BATCH, compute.threads())) {
      listener.begin(stage + ": " + metric.name(), batches.count());
      for (long done = 1; batches.hasNext(); done++) {
        Batch batch = batches.next();
        Constant pixels = Constant.of(batch.pixels(), batch.shape());
        add(tally, batch, network.run(Map.of(input, pixels)));
        listener.advance(done, "");
      }
      listener.end();
    }
    return tally.value();
  }

  private void add(Metric.Tally tally, Batch batch, Map<String, Constant> outputs) {
    List<Map<String, Constant>> rows = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      rows.add(new LinkedHashMap<>());
    }
    outputs.forEach((name, output) -> split(name, output, rows));
    for (int i = 0; i < batch.size(); i++) {
      String image = images.dataset().name(batch.indices()[i]);
      tally.add(new Sample(image, label(batch.labels()[i]), rows.get(i)));
    }
  }

  private Optional<String> label(int label) {
    return label == Dataset.UNLABELLED
        ? Optional.empty()
        : Optional.of(images.dataset().classes().get(label));
  }

  private static void split(String name, Constant output, List<Map<String, Constant>> rows) {
    long[] shape = output.sizes();
    if (shape.length == 0 || shape[0] != rows.size()) {
      throw new InvalidInputException(
          "output '%s' of shape %s has not one row for each of %d images: no metric can judge it"
              .formatted(name, Arrays.toString(shape), rows.size()));
    }
    float[] values = output.floats();
    int size = values.length / rows.size();
    long[] rest = Arrays.copyOfRange(shape, 1, shape.length);
    for (int i = 0; i < rows.size(); i++) {
      float[] own = Arrays.copyOfRange(values, i * size, (i + 1) * size);
      rows.get(i).put(name, Constant.of(own, rest));
    }
  }
}
