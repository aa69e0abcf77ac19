package dev.capstan.pipeline;

import static dev.capstan.pipeline.result.JsonFile.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.image.Augmentation;
import dev.capstan.job.CompressJob;
import dev.capstan.job.Inputs;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TrainJob;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.CompressReport;
import dev.capstan.report.TrainReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Files that commit 988987c wrote stay readable: the records of jobs, a row of a comparison, a plan
 * and a checkpoint, all of {@code Zoo.randomCifarResNet(1, List.of(4, 8), 10, 1)} on {@code new
 * ShapeImages(5, 64)}, paths apart. The checkpoint was left after the third step of the training
 * below.
 */
final class FormerFilesTest {
  @TempDir Path folder;

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream former = FormerFilesTest.class.getResourceAsStream("988987c/" + name)) {
      Files.copy(Objects.requireNonNull(former, name), file);
    }
    return file;
  }

  private JsonNode json(String name) throws IOException {
    return JSON.readTree(Files.readString(file(name)));
  }

  /** Read as a value and written again it has the same keys and figures, and perhaps more. */
  private static void assertSame(JsonNode former, Class<?> type) {
    assertKept(former, JSON.valueToTree(JSON.treeToValue(former, type)), "");
  }

  private static void assertKept(JsonNode former, JsonNode now, String at) {
    if (!former.isObject()) {
      // A crop was the side of a square.
      JsonNode meant =
          at.endsWith("/crop") ? JSON.valueToTree(Extent.square(former.asInt())) : former;
      assertThat(String.valueOf(now)).as(at).isEqualTo(meant.toString());
      return;
    }
    assertThat(now).as(at).isNotNull();
    former
        .properties()
        .forEach(
            entry ->
                assertKept(entry.getValue(), now.get(entry.getKey()), at + "/" + entry.getKey()));
  }

  @Test
  void theRecordOfACompression() throws IOException {
    JsonNode record = json("small.capstan.json");

    assertSame(record.get("job"), CompressJob.class);
    assertSame(record.get("result"), CompressReport.class);
  }

  @Test
  void theRecordOfATraining() throws IOException {
    JsonNode record = json("trained.capstan.json");

    assertSame(record.get("job"), TrainJob.class);
    assertSame(record.get("result"), TrainReport.class);
  }

  @Test
  void aRowOfAComparison() throws IOException {
    assertSame(json("l1-0.5-1.json"), CompareRow.class);
  }

  private Inputs inputs() throws IOException {
    PngFolder.write(new ShapeImages(5, 64), new ImageIoDecoder(), folder.resolve("images"));
    return Inputs.of(file("model.onnx"), folder.resolve("images")).with(Compute.fp32(1));
  }

  @Test
  void aPlan() throws IOException {
    Path plan = file("plan.json");
    Session session = Session.open(inputs(), WorkListener.NONE);
    RankStage ranks = new RankStage(session, RankSettings.DEFAULT.withPlan(plan), 1);

    JsonNode spaces = JSON.readTree(Files.readString(plan)).get("spaces");
    ranks
        .run()
        .bySpace()
        .forEach(
            (space, rank) -> assertThat(spaces.get(space).get("rank").asInt()).isEqualTo(rank));
  }

  /** It was left after the third of eight steps. */
  @Test
  void aCheckpoint() throws IOException {
    TrainRecipe recipe =
        TrainRecipe.manyPasses(2, 3)
            .withSteps(16, 0.05)
            .withAugmentation(new Augmentation(2, true, 3).withCutout(6))
            .withAveraging(0.5);
    Inputs inputs = inputs();
    TrainJob job =
        new TrainJob(
            inputs, folder.resolve("out.onnx"), inputs.model(), recipe, file("checkpoint"));
    Steps steps = new Steps();

    Trainer.run(job, steps);

    assertThat(steps.done).containsExactly(4L, 5L, 6L, 7L, 8L);
  }

  /** Notes the steps of the training. */
  private static final class Steps implements WorkListener {
    private final List<Long> done = new ArrayList<>();
    private boolean trains;

    @Override
    public void begin(String what, long steps) {
      trains = what.equals("train");
    }

    @Override
    public void advance(long step, List<Figure> figures) {
      if (trains) {
        done.add(step);
      }
    }
  }
}
