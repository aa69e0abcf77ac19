package dev.capstan.pipeline.input;

import dev.capstan.data.Batch;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.metric.Metric;
import dev.capstan.metric.Sample;
import dev.capstan.metric.Sample.Output;
import dev.capstan.torch.TorchSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Shows a metric what a network makes of images. */
record MetricRun(Metric metric, ImageSubset images, TorchSession torch) {
  /** The metric of a network. */
  double of(Graph graph, String stage) {
    Metric.Tally tally = metric.start();
    torch.run(
        graph,
        images,
        stage + ": " + metric.name(),
        (batch, outputs) -> add(tally, batch, outputs));
    return tally.value();
  }

  private void add(Metric.Tally tally, Batch batch, Map<String, Constant> outputs) {
    List<Map<String, Output>> rows = new ArrayList<>();
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

  private static void split(String name, Constant output, List<Map<String, Output>> rows) {
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
      rows.get(i).put(name, new Output(own, rest.clone()));
    }
  }
}
