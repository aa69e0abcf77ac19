package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.graph.Graph;
import dev.capstan.job.Inputs;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.DemoModel;
import dev.capstan.pipeline.Heard;
import dev.capstan.pipeline.Stopping;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.zoo.Zoo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The original, trained before it teaches. */
final class TeachersTest {
  private static final int IMAGES = 100;
  private static final TrainRecipe RECIPE = TrainRecipe.fineTuning(2, 1).withSteps(16, 0.005);

  @TempDir static Path folder;
  private static Inputs inputs;
  private static Inputs unlabelled;

  /** Of the demo's size, and knows nothing. */
  private static final Graph UNTRAINED = Zoo.randomCifarResNet(1, List.of(4, 8), 10, 1);

  @TempDir Path own;

  @BeforeAll
  static void write() throws IOException {
    Path model = DemoModel.writtenTo(folder.resolve("model.onnx"));
    inputs = TinyInputs.of(model, TinyInputs.images(folder.resolve("images"), 5, IMAGES));
    unlabelled = TinyInputs.of(model, TinyInputs.unlabelled(folder.resolve("plain"), 5, IMAGES));
  }

  private static TrainedNetwork teacher(
      Inputs given, Graph student, TrainRecipe recipe, TuneOptions tuning, WorkListener listener) {
    Session session = Session.open(given, listener);
    return new Teachers(session).of(student, session.data(), recipe, tuning);
  }

  private static TuneOptions tuning(int epochs, Path checkpoint) {
    return new TuneOptions(RECIPE, false, epochs, checkpoint);
  }

  private static Map<String, ByteBuffer> bits(Graph graph) {
    Map<String, ByteBuffer> bits = new TreeMap<>();
    graph.constants().forEach((name, constant) -> bits.put(name, constant.bytes()));
    return bits;
  }

  private static Graph original(Inputs given) {
    return Session.open(given, WorkListener.NONE).source().folded();
  }

  @Test
  void theOriginalIsTrainedOnceForAllOfARecipe() {
    Heard heard = new Heard();
    Session session = Session.open(inputs, heard);
    Teachers teachers = new Teachers(session);
    TuneOptions tuning = tuning(2, null);

    TrainedNetwork first = teachers.of(UNTRAINED, session.data(), RECIPE, tuning);
    TrainedNetwork same = teachers.of(UNTRAINED, session.data(), RECIPE, tuning);
    TrainedNetwork other = teachers.of(UNTRAINED, session.data(), RECIPE.withSeed(2), tuning);

    int seen = session.data().seen().size();
    assertThat(first.imagesSeen()).isEqualTo(2L * seen / 16 * 16);
    assertThat(bits(first.graph())).isNotEqualTo(bits(session.source().folded()));
    assertThat(same.graph()).isSameAs(first.graph());
    assertThat(other.graph()).isNotSameAs(first.graph());
    assertThat(heard.works()).filteredOn("train"::equals).hasSize(2);
  }

  @Test
  void itTeachesAsItWasWhereLabelsAreNotBothThereAndUsed() {
    TrainRecipe.Loss loss = RECIPE.loss();
    TrainRecipe imitating = RECIPE.withLoss(new TrainRecipe.Loss(0, 1, loss.temperature(), 0));
    Heard heard = new Heard();

    assertThat(teacher(unlabelled, UNTRAINED, RECIPE, tuning(2, null), heard).imagesSeen())
        .isZero();
    assertThat(
            teacher(inputs, UNTRAINED, imitating, new TuneOptions(imitating, false, 2, null), heard)
                .imagesSeen())
        .isZero();
    assertThat(teacher(inputs, UNTRAINED, RECIPE, tuning(0, null), heard).imagesSeen()).isZero();
    assertThat(heard.works()).doesNotContain("train");
  }

  /** Rates that destroy it leave a teacher that knows less than its pupil, and it is not taken. */
  @Test
  void whatTrainingSpoilsDoesNotTeach() {
    Heard heard = new Heard();
    TrainRecipe wild = RECIPE.withSteps(16, 100);
    Graph original = original(inputs);

    TrainedNetwork taken = teacher(inputs, copy(original), wild, tuning(1, null), heard);

    assertThat(bits(taken.graph())).isEqualTo(bits(original));
    assertThat(taken.imagesSeen()).isPositive();
    assertThat(heard.notes()).anyMatch(note -> note.contains("teaches as it was"));
  }

  private static Graph copy(Graph graph) {
    return graph.edit().build();
  }

  @Test
  void aStoppedTeacherGoesOnToTheSameBits() {
    Graph whole = teacher(inputs, UNTRAINED, RECIPE, tuning(2, null), WorkListener.NONE).graph();
    TuneOptions kept = tuning(2, own.resolve("state"));

    assertThatThrownBy(() -> teacher(inputs, UNTRAINED, RECIPE, kept, new Stopping(1)))
        .isInstanceOf(CancellationException.class);
    assertThat(own.resolve("state.teacher")).exists();
    Heard heard = new Heard();
    Graph gone = teacher(inputs, UNTRAINED, RECIPE, kept, heard).graph();

    assertThat(bits(gone)).isEqualTo(bits(whole));
    assertThat(heard.works()).contains("train");
  }
}
