package dev.capstan.pipeline;

import static java.util.Objects.requireNonNull;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.job.CompareJob;
import dev.capstan.job.RankSettings;
import dev.capstan.pipeline.compare.CompareFolder;
import dev.capstan.pipeline.compare.CompareSettings;
import dev.capstan.pipeline.compare.RemainingTime;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceCopies;
import dev.capstan.pipeline.result.Export;
import dev.capstan.pipeline.result.LatencyTiming;
import dev.capstan.pipeline.stage.CompressionPipeline;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.pipeline.stage.Teachers;
import dev.capstan.pipeline.stage.TrainedNetwork;
import dev.capstan.rank.Goal;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompareReport;
import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.CompareReport.Control;
import dev.capstan.report.ImagesSeen;
import dev.capstan.report.Scores;
import dev.capstan.report.Stage;
import dev.capstan.report.StageFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares methods: all go the same {@link CompressionPipeline} on the same images, with the ranks
 * that the job gives them at a budget. Beside them stands the original, trained alike. Each row is
 * kept when it is finished; what was kept before is not done again.
 */
public final class Comparison {
  private final CompareJob job;
  private final Session session;
  private final CompareFolder folder;
  private final Teachers teachers;
  private final Map<RankSettings.Policy, RankStage> ranks =
      new EnumMap<>(RankSettings.Policy.class);
  private final Map<CompareJob.Key, CompareRow> rows = new LinkedHashMap<>();
  private final Map<Choice, RankAllocation> allocations = new HashMap<>();
  private @Nullable Scores baseline;

  private Comparison(CompareJob job, SourceCopies copies, WorkListener listener) {
    this.job = job;
    this.session = Session.open(job.inputs(), false, copies, listener);
    if (!session.scorer().judges()) {
      throw new InvalidInputException(
          "comparing needs labelled images to judge by (setting 'val')");
    }
    session.look(true);
    this.teachers = new Teachers(session);
    for (Method method : job.methods()) {
      ranks.computeIfAbsent(job.policy(method), this::stage);
    }
    this.folder = CompareFolder.open(job.folder(), CompareSettings.of(job, session));
  }

  /**
   * Does a job, or the rest of it.
   *
   * @throws InvalidInputException if what the user gave cannot be worked with, or the folder holds
   *     rows of another job
   */
  public static CompareReport run(CompareJob job, WorkListener listener) {
    // Begun first: while it is open, no other run writes the same rows.
    try (CompareFolder.Claim claim = CompareFolder.claim(job.folder())) {
      Comparison comparison = new Comparison(job, SourceCopies.in(claim.draft().path()), listener);
      return comparison.session.source().stored().alias().in(comparison::run);
    }
  }

  private CompareReport run() {
    job.keys().forEach(key -> folder.row(key).ifPresent(row -> rows.put(key, row)));
    List<CompareJob.Key> missing =
        job.keys().stream().filter(key -> !rows.containsKey(key)).toList();
    // A budget that cannot be met shows before hours of work.
    missing.forEach(key -> allocations.computeIfAbsent(choice(key), this::allocation));
    RemainingTime remaining =
        new RemainingTime(job.keys().size(), List.copyOf(rows.values()), controlsLeft());
    for (int i = 0; i < missing.size(); i++) {
      session.listener().note(remaining.before(missing.subList(i, missing.size())));
      CompareRow row = row(missing.get(i));
      folder.save(missing.get(i), row);
      rows.put(missing.get(i), row);
      remaining.done(row);
    }
    return report(control());
  }

  private boolean hasControl() {
    return TrainedNetwork.originalLearns(session, job.options().tuning());
  }

  private long controlsLeft() {
    return hasControl()
        ? job.seeds().stream().filter(seed -> folder.control(seed).isEmpty()).count()
        : 0;
  }

  /** The original, trained alike with each seed. */
  private @Nullable Control control() {
    return hasControl() ? Control.of(job.seeds().stream().map(this::control).toList()) : null;
  }

  private Control.ControlRow control(long seed) {
    return folder
        .control(seed)
        .orElseGet(
            () -> {
              session.listener().note("control: the original, trained alike, seed " + seed);
              Control.ControlRow row = trained(seed);
              folder.save(row);
              return row;
            });
  }

  private Control.ControlRow trained(long seed) {
    long began = System.nanoTime();
    TrainedNetwork trained =
        TrainedNetwork.ofOriginal(session, job.options().withSeed(seed), teachers);
    Scores tuned = session.scorer().of(trained.graph(), Stage.FINE_TUNED.judging());
    double seconds = (System.nanoTime() - began) * 1e-9;
    Map<Stage, Scores> scores = Map.of(Stage.BASELINE, baseline(), Stage.FINE_TUNED, tuned);
    return new Control.ControlRow(
        seed,
        new CompareRow.RowQuality(
            StageFigures.of(scores, Scores::top1),
            Map.of(),
            session.scorer().ownMetric(StageFigures.of(scores, Scores::metric)),
            baseline().images()),
        new CompareRow.RowWork(
            ImagesSeen.NONE.plus(ImagesSeen.Use.FINE_TUNING, trained.imagesSeen()), seconds));
  }

  private Scores baseline() {
    if (baseline == null) {
      baseline = session.baseline();
    }
    return baseline;
  }

  /** What ranks hang on. */
  private record Choice(RankSettings.Policy policy, double keepMacs) {}

  private Choice choice(CompareJob.Key key) {
    return new Choice(job.policy(key.method()), key.keepMacs());
  }

  private RankStage stage(RankSettings.Policy policy) {
    return new RankStage(session, job.options().ranks().with(policy), job.options().seed());
  }

  /** The ranks of a budget, the same for every seed, and for rows of an earlier start. */
  private RankAllocation allocation(Choice choice) {
    RankStage stage = requireNonNull(ranks.get(choice.policy()));
    return rows.values().stream()
        .filter(row -> choice(row.key()).equals(choice))
        .findFirst()
        .map(row -> stage.again(row.ranks()))
        .orElseGet(() -> stage.within(Goal.keepMacs(choice.keepMacs())));
  }

  private CompareRow row(CompareJob.Key key) {
    Scores original = baseline();
    long began = System.nanoTime();
    RankAllocation allocation = requireNonNull(allocations.get(choice(key)));
    CompressionPipeline.Outcome outcome =
        new CompressionPipeline(session, original, job.options(key), teachers).run(allocation);
    double seconds = (System.nanoTime() - began) * 1e-9;
    return measured(key, outcome, seconds);
  }

  private CompareRow measured(
      CompareJob.Key key, CompressionPipeline.Outcome outcome, double seconds) {
    CompressedNetwork network = outcome.state().network();
    Path model = job.folder().resolve(key + ".onnx");
    try {
      Export.Verified verified =
          Export.of(session, key.seed()).write(network.graph(), Map.of(), model);
      Cost cost = Cost.of(network.graph());
      return new CompareRow(
          key,
          new CompareRow.RowCost(cost.macs(), cost.parameters()),
          network.ranks(),
          new CompareRow.RowQuality(
              outcome.top1(),
              session.input().classifies() ? Map.of() : outcome.outputError(),
              outcome.metric(session),
              baseline().images()),
          new CompareRow.RowModel(
              LatencyTiming.measure(session.input(), model, verified.tail()),
              verified.verification()),
          new CompareRow.RowWork(outcome.state().seen(), seconds));
    } finally {
      remove(model);
    }
  }

  private static void remove(Path model) {
    try {
      Files.deleteIfExists(model);
    } catch (IOException e) {
      throw new InvalidInputException(model + ": cannot be removed: " + e.getMessage(), e);
    }
  }

  private CompareReport report(@Nullable Control control) {
    List<CompareRow> ordered = job.keys().stream().map(rows::get).toList();
    Cost original = Cost.of(session.source().open());
    CompareRow first = ordered.get(0);
    return new CompareReport(
        first.quality().figure(),
        requireNonNull(first.quality().figures().baseline()),
        new CompareRow.RowCost(original.macs(), original.parameters()),
        session.machine(),
        CompareReport.lines(ordered),
        ordered,
        control,
        session.skipped());
  }
}
