package dev.capstan.pipeline;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.files.FolderAlias;
import dev.capstan.graph.Graph;
import dev.capstan.job.TrainJob;
import dev.capstan.ort.OrtModel;
import dev.capstan.pipeline.evidence.CourseRecorder;
import dev.capstan.pipeline.evidence.Evidence;
import dev.capstan.pipeline.input.Scorer;
import dev.capstan.pipeline.input.Session;
import dev.capstan.pipeline.input.SourceCopies;
import dev.capstan.pipeline.result.Export;
import dev.capstan.pipeline.result.ResultFiles;
import dev.capstan.pipeline.result.SharedRun;
import dev.capstan.pipeline.result.TrainedModel;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Training;
import dev.capstan.report.Scores;
import dev.capstan.report.TrainReport;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.torch.Processes;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network as it stands, compressed or not, verifies the result in ONNX Runtime and only
 * then writes it.
 *
 * <p>A run that its listener stops leaves a checkpoint; the same job goes on from there, to the
 * same bits.
 */
public final class Trainer {
  private final TrainJob job;
  private final Session session;
  private final @Nullable Graph teacher;
  private final CourseRecorder courses;
  private final long began = System.nanoTime();

  private Trainer(TrainJob given, SourceCopies copies, WorkListener listener, Processes processes) {
    this.courses = new CourseRecorder(listener);
    this.session = session(given, copies, courses, processes);
    this.job = given.with(session.inputs());
    this.teacher = job.teacher() == null ? null : session.input().counterpart(job.teacher());
    if (teacher == null && !session.input().classifies()) {
      throw new InvalidInputException(
          job.inputs().model()
              + ": the outputs are no classes: name the model to learn from with setting"
              + " 'teacher'");
    }
    session.look(false);
  }

  private static Session session(
      TrainJob job, SourceCopies copies, WorkListener listener, Processes processes) {
    Session session =
        Session.open(job.inputs(), job.teacher() == null, copies, listener, null, processes);
    SharedRun.agree(processes, session, job.recipe());
    return session;
  }

  /**
   * Does a job.
   *
   * @return what came of it; its files are written and verified
   * @throws InvalidInputException if what the user gave cannot be worked with
   * @throws dev.capstan.ort.result.VerificationException if the result does not compute what it
   *     should; it is not written then
   */
  public static TrainReport run(TrainJob job, WorkListener listener) {
    return run(job, listener, Processes.ALONE);
  }

  /**
   * The same by several processes that were all started with the job: the one of rank 0 decides,
   * writes and tells, and shares the steps with the others.
   *
   * @param rendezvous of this process
   * @return null in processes that follow
   * @throws dev.capstan.error.LostProcessException if one of the processes is lost
   */
  public static @Nullable TrainReport run(
      TrainJob job, Rendezvous rendezvous, WorkListener listener) {
    return SharedRun.run(
        rendezvous,
        processes -> run(job, listener, processes),
        processes -> {
          Session session = session(job, SourceCopies.NONE, WorkListener.NONE, processes);
          session.torch().follow();
        });
  }

  private static TrainReport run(TrainJob job, WorkListener listener, Processes processes) {
    ResultFiles files = TrainedModel.files(job);
    OrtModel.load();
    // Begun first: while it is open, no other run writes the same files.
    try (DraftFolder folder = files.draft()) {
      Trainer trainer = new Trainer(job, SourceCopies.in(folder.path()), listener, processes);
      TrainedModel model = new TrainedModel(trainer.session, trainer.job, files, folder);
      FolderAlias source = trainer.session.source().stored().alias();
      return folder.alias().in(() -> source.in(() -> trainer.run(model)));
    }
  }

  private TrainReport run(TrainedModel model) {
    Scores before = scores(session.source().folded(), "before");
    Training training = new Training(job.recipe(), job.checkpoint());
    Graph trained =
        session
            .torch()
            .fineTune(session.source().open(), teacher, session.data().seeingAll(), training);
    Scores after = scores(Rewriter.apply(trained, new FoldBatchNorm()), "after");
    Export.Verified verified = model.write(trained);
    TrainReport report =
        new TrainReport(
            before, after, verified.verification(), verified.tail(), work(), model.files());
    model.publish(report, Evidence.of(courses.courses()));
    removeCheckpoint();
    return report;
  }

  /** By images given for it alone: those that are learned from tell nothing. */
  private @Nullable Scores scores(Graph graph, String stage) {
    Scorer scorer = teacher == null ? session.scorer() : session.scorer().against(teacher);
    if (!scorer.given()) {
      return null;
    }
    Scores found = scorer.of(graph, stage);
    return teacher == null ? found.withoutErrors() : found;
  }

  private TrainReport.Work work() {
    return new TrainReport.Work(
        job.recipe().schedule().imagesSeen(session.data().all().size()),
        (System.nanoTime() - began) * 1e-9,
        job.recipe().seed(),
        session.machine(),
        session.skipped());
  }

  private void removeCheckpoint() {
    try {
      Files.deleteIfExists(job.checkpoint());
      Files.deleteIfExists(Training.before(job.checkpoint()));
    } catch (IOException e) {
      throw new InvalidInputException(
          job.checkpoint() + ": the result is written, but this cannot be removed: " + e, e);
    }
  }
}
