package dev.capstan.pipeline.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cost.Cost;
import dev.capstan.job.BasisOptions;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.TuneOptions;
import dev.capstan.pipeline.TinyInputs;
import dev.capstan.pipeline.evidence.NetworkMap.Layer;
import dev.capstan.pipeline.evidence.NetworkMap.MappedSpace;
import dev.capstan.pipeline.evidence.NetworkMap.Treatment;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.result.Export;
import dev.capstan.pipeline.stage.CompressionPipeline;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is looked at of a result. */
final class LookTest {
  @TempDir static Path folder;

  private static Session session;
  private static CompressionPipeline.Outcome outcome;
  private static Evidence evidence;
  private static Evidence hasty;

  @BeforeAll
  static void look() {
    session =
        Session.open(
            TinyInputs.of(
                TinyInputs.written(TinyInputs.graph(), folder),
                TinyInputs.images(folder.resolve("images"), 5, 40)),
            WorkListener.NONE);
    RankStage ranks = new RankStage(session, TinyInputs.RANKS, 1);
    CompressionOptions options =
        CompressionOptions.DEFAULT
            .with(TinyInputs.RANKS)
            .with(BasisOptions.DEFAULT.with(Method.ACTIVATION))
            .with(TuneOptions.NONE);
    outcome = new CompressionPipeline(session, null, options).run(ranks.run());
    Path file = folder.resolve("small.onnx");
    Export.of(session, 1).write(outcome.state().network().graph(), Map.of(), file);
    Look look = new Look(session, ranks, outcome, true);
    evidence = look.at(file, null, List.of(), 1000, 1);
    hasty = look.at(file, null, List.of(), 1, 1);
  }

  @Test
  void theMapIsTheNetworks() {
    NetworkMap map = evidence.network();
    long before = map.layers().stream().mapToLong(layer -> layer.macs().before()).sum();
    long after = map.layers().stream().mapToLong(layer -> layer.macs().after()).sum();

    assertThat(before).isEqualTo(Cost.of(outcome.state().network().original()).macs());
    assertThat(after).isEqualTo(Cost.of(outcome.state().network().graph()).macs());
    for (int i = 0; i < map.layers().size(); i++) {
      int place = i;
      Layer layer = map.layers().get(i);
      assertThat(layer.reads()).allMatch(read -> read < place);
      assertThat(layer.macs().before() > 0 || layer.reads().size() > 1).isTrue();
    }
    for (MappedSpace space : map.spaces()) {
      boolean alone = space.treatment() == Treatment.LEFT_ALONE;
      assertThat(space.rank()).isBetween(1, space.width());
      assertThat(alone ? space.reason() : "").isEqualTo(space.reason());
      assertThat(alone || !space.curve().isEmpty()).as(space.name()).isTrue();
    }
  }

  /** Fewer multiply-accumulates never foretell less error. */
  @Test
  void theForecastFalls() {
    List<Forecast.Point> points = evidence.forecast().points();

    assertThat(points).hasSizeGreaterThan(3);
    assertThat(points.get(0)).isEqualTo(new Forecast.Point(1, 0, 0.0, 1.0));
    for (int i = 1; i < points.size(); i++) {
      assertThat(points.get(i).kept()).isLessThan(points.get(i - 1).kept());
      assertThat(points.get(i).error()).isGreaterThanOrEqualTo(points.get(i - 1).error());
      assertThat(points.get(i).lost()).isBetween(0.0, 1.0);
      assertThat(points.get(i).latency()).isPositive();
    }
  }

  @Test
  void changesAreThoseOfTheChoices() {
    ClassChanges changes = evidence.changes();
    int[] before = outcome.choices().original();
    int[] after = outcome.choices().network();
    int changed = 0;
    for (int i = 0; i < before.length; i++) {
      changed += before[i] == after[i] ? 0 : 1;
    }

    assertThat(changes.images()).isEqualTo(session.data().heldOut().size());
    assertThat(changes.changed()).isEqualTo(changed);
    assertThat(changes.examples())
        .hasSize(changed)
        .allMatch(image -> !image.before().equals(image.after()) && image.png() != null);
  }

  @Test
  void whatTakesLongIsLeftOutOfAShortRun() {
    assertThat(evidence.kernels().byOperator()).extracting(KernelTimes.Row::name).contains("Conv");
    assertThat(evidence.kernels().slowest()).isNotEmpty();
    assertThat(hasty.kernels()).isNull();
    assertThat(hasty.forecast().points()).allMatch(point -> point.latency() == null);
    assertThat(hasty.network()).isEqualTo(evidence.network());
  }
}
