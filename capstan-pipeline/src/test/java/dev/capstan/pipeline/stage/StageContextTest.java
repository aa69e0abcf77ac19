package dev.capstan.pipeline.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Graph;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.Corrections;
import dev.capstan.job.Corrections.Correction;
import dev.capstan.job.Inputs;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.DemoModel;
import dev.capstan.pipeline.input.Session;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.report.ImagesSeen.Use;
import dev.capstan.space.Bases;
import dev.capstan.torch.TorchSession;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a choice between two networks has computed serves the stages after it. */
final class StageContextTest {
  private static final int IMAGES = 60;
  private static final CompressionOptions OPTIONS =
      CompressionOptions.DEFAULT
          .with(TuneOptions.NONE)
          .with(RankSettings.DEFAULT.with(RankSettings.Policy.UNIFORM))
          .with(new BasisOptions(Method.CAP, 64, true))
          .with(new Corrections(Correction.OFF, Correction.ON));

  @TempDir static Path folder;
  private static Session session;
  private static RankAllocation allocation;

  private final Refits refits = new Refits();

  /** Counts them. */
  private static final class Refits implements WorkListener {
    private int count;

    @Override
    public void begin(String what, long steps) {
      count += what.equals("refit") ? 1 : 0;
    }
  }

  @BeforeAll
  static void read() throws IOException {
    PngFolder.write(new ShapeImages(5, IMAGES), new ImageIoDecoder(), folder.resolve("images"));
    Inputs inputs =
        Inputs.of(DemoModel.writtenTo(folder.resolve("model.onnx")), folder.resolve("images"))
            .with(Compute.fp32(1));
    session = Session.open(inputs, WorkListener.NONE);
    allocation = new RankStage(session, OPTIONS.ranks(), 1).run();
  }

  private static CompressedNetwork chosen(String method) {
    CalibrationRecipe recipe = new CalibrationRecipe(1024, 64, 1);
    Bases bases =
        session.torch().choose(new Method(method), allocation, session.data().seen(), recipe);
    return CompressedNetwork.of(allocation.spaces(), bases);
  }

  /** A session whose refits are counted. */
  private Session counted() {
    TorchSession torch = new TorchSession(Compute.fp32(1), refits);
    return new Session(session.inputs(), session.input(), session.data(), session.scorer(), torch);
  }

  private StageContext context() {
    return new StageContext(counted(), OPTIONS);
  }

  @Test
  void eachNetworkIsRefittedOnce() {
    CompressedNetwork chosen = chosen("activation");
    StageContext context = context();
    CompressedNetwork first = context.refitted(chosen);
    CompressedNetwork again = context.refitted(chosen.with(chosen.graph()));

    assertThat(refits.count).isEqualTo(1);
    assertThat(again.graph()).isSameAs(first.graph()).isNotSameAs(chosen.graph());
    assertThat(context.agreement(again)).isEqualTo(context.agreement(first));
    assertThat(context.agreement(again)).isNotEqualTo(context.agreement(chosen));
    assertThat(context.refitted(chosen("l1")).graph()).isNotSameAs(first.graph());
    assertThat(refits.count).isEqualTo(2);
  }

  @Test
  void whatIsRememberedIsWhatAnotherRunGives() {
    CompressedNetwork chosen = chosen("activation");
    Graph one = context().refitted(chosen).graph();
    Graph other = context().refitted(chosen).graph();

    assertThat(refits.count).isEqualTo(2);
    one.constants()
        .forEach(
            (name, constant) ->
                assertThat(constant.sameAs(other.constants().get(name))).as(name).isTrue());
  }

  @Test
  void ofTwoNetworksOnlyTheOneThatGoesOnIsRefitted() {
    new CompressionPipeline(counted(), null, OPTIONS).run(allocation);

    assertThat(refits.count).isEqualTo(1);
  }

  @Test
  void imagesSeenAddUpOverTheStages() {
    CompressionState last = new CompressionPipeline(session, null, OPTIONS).run(allocation).state();

    int seen = session.data().seen().size();
    assertThat(last.seen().byUse())
        .containsEntry(Use.REFIT, (long) seen)
        .containsEntry(Use.FINE_TUNING, 0L);
    assertThat(last.seen().all())
        .isEqualTo(last.seen().byUse().values().stream().mapToLong(Long::longValue).sum())
        .isGreaterThanOrEqualTo(2L * seen);
  }

  /** Decisions are made on images held out, whatever is asked for. */
  @Test
  void whatDecidesIsHeldOutOfLearning() {
    assertThat(context().learnable()).isSameAs(session.data().seen());
    assertThat(session.data().seen().indices()).doesNotContain(session.data().heldOut().indices());
  }
}
