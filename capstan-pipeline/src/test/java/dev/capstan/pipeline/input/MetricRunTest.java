package dev.capstan.pipeline.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.op.Identity;
import dev.capstan.metric.Metric;
import dev.capstan.metric.Sample;
import dev.capstan.pipeline.CountMetric;
import dev.capstan.pipeline.DemoModel;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.recipe.WorkListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a metric is shown of a network. */
final class MetricRunTest {
  /** More than one batch, the last one a small one. */
  private static final int IMAGES = 130;

  @TempDir static Path folder;
  private static Session session;

  @BeforeAll
  static void open() throws IOException {
    Path model = DemoModel.writtenTo(folder.resolve("demo.onnx"));
    Path images = TinyInputs.images(folder.resolve("images"), 5, IMAGES);
    session = Session.open(TinyInputs.of(model, images), WorkListener.NONE);
  }

  /** Keeps what it is shown. */
  private record Shown(List<Sample> samples) implements Metric {
    @Override
    public String name() {
      return "shown";
    }

    @Override
    public boolean higherIsBetter() {
      return true;
    }

    @Override
    public Tally start() {
      return new Tally() {
        @Override
        public void add(Sample sample) {
          samples.add(sample);
        }

        @Override
        public double value() {
          return samples.size();
        }
      };
    }
  }

  private static boolean isRight(Sample sample, List<String> classes) {
    float[] values = sample.outputs().get("logits").values();
    int largest =
        IntStream.range(0, values.length)
            .reduce((a, b) -> values[b] > values[a] ? b : a)
            .getAsInt();
    return classes.get(largest).equals(sample.label().orElseThrow());
  }

  @Test
  void eachImageIsShownOnceWithItsOwnLabelAndOutputs() {
    ImageSubset images = session.data().all();
    Graph graph = session.source().folded();
    List<Sample> shown = new ArrayList<>();

    double value = new MetricRun(new Shown(shown), images, session.torch()).of(graph, "stage");

    List<String> classes = images.dataset().classes();
    long right = shown.stream().filter(sample -> isRight(sample, classes)).count();
    assertThat(value).isEqualTo(IMAGES);
    assertThat(100.0 * right / IMAGES)
        .isCloseTo(session.torch().evaluate(graph, images, "check").top1(), within(1e-9));
    assertThat(shown).extracting(Sample::image).doesNotHaveDuplicates();
    assertThat(shown)
        .allSatisfy(
            sample -> assertThat(sample.outputs().get("logits").shape()).containsExactly(10));
  }

  @Test
  void imagesWithoutLabelsHaveNone() {
    ImageStore store = session.store();
    ImageSubset images =
        ImageSubset.of(new ImageStore(store.dataset().withoutLabels(), store.feed()), 3, 7);
    List<Sample> shown = new ArrayList<>();

    new MetricRun(new Shown(shown), images, session.torch()).of(session.source().folded(), "stage");

    assertThat(shown)
        .extracting(Sample::image)
        .containsExactly(store.dataset().name(3), store.dataset().name(7));
    assertThat(shown).allSatisfy(sample -> assertThat(sample.label()).isEmpty());
  }

  @Test
  void anOutputThatHasNotOneRowAnImageIsRefused() {
    Constant pair = Constant.of(new float[] {1, 2}, 2);
    Graph graph =
        session
            .source()
            .folded()
            .edit()
            .constant("pair", pair)
            .node(new Identity(), "fixed", "pair")
            .output("fixed", pair.tensorType())
            .build();
    MetricRun run = new MetricRun(new CountMetric(), session.data().heldOut(), session.torch());

    assertThatThrownBy(() -> run.of(graph, "stage"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("output 'fixed' of shape [2] has not one row");
  }
}
