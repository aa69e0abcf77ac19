package dev.capstan.pipeline;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.cost.Cost;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.files.FolderAlias;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressionOptions.Effort;
import dev.capstan.ort.OrtModel;
import dev.capstan.ort.result.VerificationException;
import dev.capstan.pipeline.evidence.CourseRecorder;
import dev.capstan.pipeline.evidence.Evidence;
import dev.capstan.pipeline.evidence.Look;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceCopies;
import dev.capstan.pipeline.result.CompressedModel;
import dev.capstan.pipeline.result.Export;
import dev.capstan.pipeline.result.GoalCheck;
import dev.capstan.pipeline.result.ResultFiles;
import dev.capstan.pipeline.result.SharedRun;
import dev.capstan.pipeline.result.StoppedRun;
import dev.capstan.pipeline.stage.AccuracyDropSearch;
import dev.capstan.pipeline.stage.CompressionPipeline;
import dev.capstan.pipeline.stage.PlannedWork;
import dev.capstan.pipeline.stage.PlannedWork.Elapsed;
import dev.capstan.pipeline.stage.RankStage;
import dev.capstan.pipeline.stage.ShareSearch;
import dev.capstan.pipeline.stage.WorkPlan;
import dev.capstan.rank.Goal;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport;
import dev.capstan.report.CompressReport.Bits;
import dev.capstan.report.CompressReport.Change;
import dev.capstan.report.CompressReport.Model;
import dev.capstan.report.CompressReport.Size;
import dev.capstan.report.CompressReport.Work;
import dev.capstan.report.Scores;
import dev.capstan.report.Speed;
import dev.capstan.space.Space;
import dev.capstan.torch.Processes;
import dev.capstan.weights.TensorHash;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The whole job: reads the network, finds its channel spaces, gives each a rank, sends it through
 * the stages of a {@link CompressionPipeline}, verifies the result in ONNX Runtime and only then
 * writes it.
 */
public final class Compressor {
  private final CompressJob job;
  private final Session session;
  private final CompressedModel model;
  private final StoppedRun stopped;
  private final RankStage ranks;
  private final WorkPlan plan;
  private final CourseRecorder courses;
  private final LongSupplier nanoTime;
  private final long began;

  private Compressor(CompressJob given, Place place, WorkListener listener, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
    this.stopped = place.stopped;
    this.courses = new CourseRecorder(listener);
    SourceCopies copies = SourceCopies.in(place.folder.path());
    this.session =
        Session.open(given.inputs(), false, copies, courses, stopped.resume(), place.processes);
    SharedRun.agree(place.processes, session, given.options());
    CompressJob asked = stopped.checked(given, session);
    PlannedWork work = PlannedWork.of(session, asked.options(), new Elapsed(nanoTime, began));
    this.ranks = work.ranks();
    this.plan = work.plan();
    plan.lines().forEach(listener::note);
    Effort effort = asked.options().effort();
    plan.advice(effort, seconds()).ifPresent(listener::note);
    this.job =
        asked
            .with(session.inputs())
            .with(asked.options().with(new Effort(effort.seconds(), plan.forwardRuns())));
    stopped.allow(plan.forwardRuns());
    this.model = new CompressedModel(session, job, place.files, place.folder);
  }

  /** Where the result goes, what is kept on the way to it, and who takes part. */
  private record Place(
      ResultFiles files, DraftFolder folder, StoppedRun stopped, Processes processes) {}

  private double seconds() {
    return new Elapsed(nanoTime, began).seconds();
  }

  /**
   * What a job would do and take, by what it checks and times before its first long stage. Nothing
   * is written.
   *
   * @throws InvalidInputException as {@link #run}, if it would fail at its beginning
   */
  public static Forecast forecast(CompressJob job, WorkListener listener) {
    ResultFiles files = ResultFiles.checked(job);
    OrtModel.load();
    Elapsed elapsed = new Elapsed(System::nanoTime, System.nanoTime());
    Session session = Session.open(job.inputs(), listener);
    WorkPlan plan = PlannedWork.of(session, job.options(), elapsed).plan();
    return new Forecast(
        job.options().ranks().asked(),
        Cost.of(session.source().open()).macs(),
        plan.parts().stream()
            .map(p -> new ForecastStage(p.stage(), p.what(), p.runs(), p.seconds(plan)))
            .toList(),
        plan.forwardRuns(),
        plan.seconds(),
        Math.round(plan.bytes()),
        Math.round(plan.disk()),
        files.model().toString());
  }

  /**
   * What a job would do and take.
   *
   * @param goal what is asked for
   * @param macs multiply-accumulates of the original for one input
   * @param stages in their order
   * @param forwardRuns of one image that they cost together: as a setting it gives the same work
   *     again
   * @param seconds about
   * @param memoryBytes about
   * @param diskBytes beside the output while it works, about
   * @param output the file that would be written
   */
  public record Forecast(
      String goal,
      long macs,
      List<ForecastStage> stages,
      long forwardRuns,
      double seconds,
      long memoryBytes,
      long diskBytes,
      String output) {}

  /**
   * A stage of a job that was not done.
   *
   * @param stage its name
   * @param what it would look at
   * @param forwardRuns what that costs, in forward runs of one image
   * @param seconds about
   */
  public record ForecastStage(String stage, String what, double forwardRuns, double seconds) {}

  /**
   * Does a job.
   *
   * @return what came of it; its files are written and verified
   * @throws InvalidInputException if what the user gave cannot be worked with; nothing is written
   *     then
   * @throws dev.capstan.ort.result.VerificationException if the result does not compute what it
   *     should; nothing is written then
   */
  public static CompressReport run(CompressJob job, WorkListener listener) {
    return run(job, listener, System::nanoTime);
  }

  /**
   * The same, and has a page or another account written of it.
   *
   * @param writer is given the record, {@code NAME.capstan.json}, once all files are in place
   */
  public static CompressReport run(CompressJob job, WorkListener listener, Consumer<Path> writer) {
    CompressReport report = run(job, listener);
    writer.accept(Path.of(report.files().record()));
    return report;
  }

  /**
   * The same by another clock.
   *
   * @param nanoTime what tells the pace, from which follows what is done in a given time
   */
  static CompressReport run(CompressJob job, WorkListener listener, LongSupplier nanoTime) {
    return run(job, listener, nanoTime, Processes.ALONE);
  }

  /**
   * The same by several processes that were all started with the job: the one of rank 0 decides,
   * writes and tells, and shares the steps of learning and training with the others.
   *
   * @param rendezvous of this process
   * @return null in processes that follow
   * @throws dev.capstan.error.LostProcessException if one of the processes is lost
   */
  public static @Nullable CompressReport run(
      CompressJob job, Rendezvous rendezvous, WorkListener listener) {
    return SharedRun.run(
        rendezvous,
        processes -> run(job, listener, System::nanoTime, processes),
        processes -> follow(job, processes));
  }

  private static void follow(CompressJob job, Processes processes) {
    Session session =
        Session.open(job.inputs(), false, SourceCopies.NONE, WorkListener.NONE, null, processes);
    SharedRun.agree(processes, session, job.options());
    session.torch().follow();
  }

  private static CompressReport run(
      CompressJob job, WorkListener listener, LongSupplier nanoTime, Processes processes) {
    ResultFiles files = ResultFiles.checked(job);
    OrtModel.load();
    // Begun first: while it is open, no other run writes the same files.
    try (DraftFolder folder = files.draft()) {
      StoppedRun stopped = StoppedRun.of(job, files, listener);
      try {
        Place place = new Place(files, folder, stopped, processes);
        CompressReport report =
            folder.alias().in(() -> new Compressor(job, place, listener, nanoTime).run());
        stopped.done();
        return report;
      } catch (VerificationException e) {
        stopped.stopped();
        throw new VerificationException(folder.alias().named(String.valueOf(e.getMessage())));
      } catch (RuntimeException e) {
        stopped.stopped();
        throw e;
      }
    }
  }

  private CompressReport run() {
    FolderAlias alias = session.source().stored().alias();
    return alias.in(job.options().ranks().searchesDrop() ? this::withinDrop : this::withinBudget);
  }

  private CompressReport withinBudget() {
    Scores baseline = session.baseline();
    RankAllocation allocation =
        job.options().ranks().searchesShare()
            ? new ShareSearch(session, baseline, ranks, job.options()).smallest()
            : ranks.run();
    CompressionPipeline pipeline = new CompressionPipeline(session, baseline, job.options());
    return publish(pipeline.run(allocation), OptionalDouble.empty());
  }

  private CompressReport withinDrop() {
    AccuracyDropSearch drop =
        new AccuracyDropSearch(session, session.baseline(), ranks, job.options());
    double limit = job.options().ranks().goal().amount();
    RankAllocation found = ranks.within(Goal.keepMacs(drop.smallestShare(limit)));
    CompressionPipeline.Outcome outcome =
        new CompressionPipeline(session, drop.baseline(), job.options()).run(found);
    return publish(outcome, OptionalDouble.of(drop.of(outcome)));
  }

  private CompressReport publish(CompressionPipeline.Outcome outcome, OptionalDouble lost) {
    Export.Verified verified = model.write(outcome.state().network());
    Speed speed = model.latencies(verified);
    Size size = size(outcome.state().network());
    CompressReport report =
        new CompressReport(
            GoalCheck.of(job.options().ranks(), size, speed, lost, outcome.last()),
            job.options().bases().method(),
            size,
            outcome.state().network().ranks(),
            outcome.quality(session, model.lost(outcome.last(), verified)),
            new Model(speed, verified.verification(), verified.tail()),
            work(outcome),
            model.files());
    model.publish(report, evidence(outcome, report));
    return report;
  }

  private Evidence evidence(CompressionPipeline.Outcome outcome, CompressReport report) {
    return new Look(session, ranks, outcome, job.account().thumbnails())
        .at(
            model.file(),
            report.model().tail(),
            courses.courses(),
            seconds(),
            report.model().latencyMillis().batch1().before().oneThread());
  }

  private Size size(CompressedNetwork network) {
    Cost before = Cost.of(session.source().open());
    Cost after = Cost.of(network.graph());
    return new Size(
        new Change(before.macs(), after.macs()),
        new Change(before.parameters(), after.parameters()),
        new Change(session.source().bytes(), model.bytes()),
        channels(network));
  }

  private static Map<String, Change> channels(CompressedNetwork network) {
    Map<String, Change> channels = new LinkedHashMap<>();
    for (Space space : network.spaces().compressible()) {
      channels.put(space.name(), new Change(space.width(), network.bases().rank(space)));
    }
    return channels;
  }

  private Work work(CompressionPipeline.Outcome outcome) {
    return new Work(
        outcome.state().seen(),
        seconds(),
        job.options().seed(),
        session.machine(),
        new Bits(TensorHash.of(outcome.state().network().graph().constants()), stopped.isExact()),
        session.skipped(),
        plan.forwardRuns(),
        plan.stages());
  }
}
