package dev.capstan.pipeline;

import static java.util.Objects.requireNonNull;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.job.CompareJob;
import dev.capstan.pipeline.compare.CompareFolder;
import dev.capstan.pipeline.compare.CompareSettings;
import dev.capstan.pipeline.compare.RemainingTime;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceCopies;
import dev.capstan.pipeline.result.Export;
import dev.capstan.pipeline.result.LatencyTiming;
import dev.capstan.pipeline.stage.CompressionPipeline;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.rank.Goal;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompareReport;
import dev.capstan.report.CompareReport.CompareRow;
import dev.capstan.report.Scores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares methods: all go the same {@link CompressionPipeline}, with the same ranks at a budget,
 * on the same images. Each row is kept when it is finished; what was kept before is not done again.
 */
public final class Comparison {
  private final CompareJob job;
  private final Session session;
  private final CompareFolder folder;
  private final RankStage ranks;
  private final Map<CompareJob.Key, CompareRow> rows = new LinkedHashMap<>();
  private final Map<Double, RankAllocation> allocations = new HashMap<>();
  private @Nullable Scores baseline;

  private Comparison(CompareJob job, SourceCopies copies, WorkListener listener) {
    this.job = job;
    this.session = Session.open(job.inputs(), false, copies, listener);
    if (!session.scorer().judges()) {
      throw new InvalidInputException(
          "comparing needs labelled images to judge by (setting 'val')");
    }
    session.look(true);
    this.ranks = new RankStage(session, job.options().ranks(), job.options().seed());
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
    missing.forEach(key -> allocations.computeIfAbsent(key.keepMacs(), this::allocation));
    RemainingTime remaining = new RemainingTime(job.keys().size(), List.copyOf(rows.values()));
    for (int i = 0; i < missing.size(); i++) {
      session.listener().note(remaining.before(missing.subList(i, missing.size())));
      CompareRow row = row(missing.get(i));
      folder.save(missing.get(i), row);
      rows.put(missing.get(i), row);
      remaining.done(row);
    }
    return report();
  }

  /**
   * The ranks of a budget, the same for every method and seed, and for rows of an earlier start.
   */
  private RankAllocation allocation(double keepMacs) {
    return rows.values().stream()
        .filter(row -> row.key().keepMacs() == keepMacs)
        .findFirst()
        .map(row -> ranks.again(row.ranks()))
        .orElseGet(() -> ranks.within(Goal.keepMacs(keepMacs)));
  }

  private CompareRow row(CompareJob.Key key) {
    if (baseline == null) {
      baseline = session.baseline();
    }
    long began = System.nanoTime();
    RankAllocation allocation = requireNonNull(allocations.get(key.keepMacs()));
    CompressionPipeline.Outcome outcome =
        new CompressionPipeline(session, baseline, job.options(key)).run(allocation);
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
              requireNonNull(baseline).images()),
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

  private CompareReport report() {
    List<CompareRow> ordered = job.keys().stream().map(rows::get).toList();
    Cost original = Cost.of(session.source().open());
    CompareRow first = ordered.get(0);
    return new CompareReport(
        first.figure(),
        requireNonNull(first.figures().baseline()),
        original.macs(),
        original.parameters(),
        session.machine(),
        CompareReport.lines(ordered),
        ordered,
        session.skipped());
  }
}
