package dev.capstan.pipeline.result;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.graph.Graph;
import dev.capstan.job.TrainJob;
import dev.capstan.pipeline.input.Session;
import dev.capstan.report.TrainReport;
import java.util.Map;
import java.util.stream.Stream;

/** A trained network: written and verified as a draft, then moved into place. */
public final class TrainedModel {
  private final TrainJob job;
  private final Map<String, String> told;
  private final Export export;
  private final ResultFiles target;
  private final ResultDraft draft;

  /** Begins the draft, in a folder that stays the caller's. */
  public TrainedModel(Session session, TrainJob job, ResultFiles target, DraftFolder folder) {
    this.job = job;
    this.told = session.input().told();
    this.export = Export.of(session, job.recipe().seed());
    this.target = target;
    this.draft = new ResultDraft(session.source(), session.store(), folder, target);
  }

  /**
   * The files of a job, each of which can be written.
   *
   * @throws InvalidInputException saying which, and why
   */
  public static ResultFiles files(TrainJob job) {
    ResultFiles files = ResultFiles.of(OutputFile.checked(job.output()));
    Stream.of(files.record(), files.tensors(), job.checkpoint()).forEach(OutputFile::checked);
    if (ResultFiles.isSame(job.inputs().model(), files.model())) {
      throw new InvalidInputException(
          job.output() + ": is the model to train, which a stopped run needs; give another name");
    }
    return files;
  }

  /** Writes the network, and compares the file in ONNX Runtime with the network in memory. */
  public Export.Verified write(Graph graph) {
    Map<String, String> provenance = draft.provenance();
    provenance.putAll(told);
    provenance.put("capstan.seed", Long.toString(job.recipe().seed()));
    return export.write(graph, provenance, draft.files().model());
  }

  /** Where the files will lie. */
  public TrainReport.Files files() {
    return new TrainReport.Files(target.model().toString(), target.record().toString());
  }

  /**
   * Writes the record and moves all files into place.
   *
   * @param evidence what a page shows beside the report
   */
  public void publish(TrainReport report, Object evidence) {
    draft.publish(job, report, evidence);
  }
}
