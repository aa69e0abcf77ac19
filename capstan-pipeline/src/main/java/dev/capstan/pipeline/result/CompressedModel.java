package dev.capstan.pipeline.result;

import dev.capstan.compress.BasesFile;
import dev.capstan.compress.CompressedNetwork;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.job.CompressJob;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.pipeline.input.Session;
import dev.capstan.report.CompressReport;
import dev.capstan.report.Quality;
import dev.capstan.report.Scores;
import dev.capstan.report.Speed;
import dev.capstan.report.UncompressedTail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** The result of a compression: written, verified and timed as a draft, then moved into place. */
public final class CompressedModel {
  private final Session session;
  private final CompressJob job;
  private final ResultFiles target;
  private final ResultDraft draft;

  /** Begins the draft, in a folder that stays the caller's. */
  public CompressedModel(Session session, CompressJob job, ResultFiles target, DraftFolder folder) {
    this.session = session;
    this.job = job;
    this.target = target;
    this.draft = new ResultDraft(session.source(), session.store(), folder, target);
  }

  /**
   * Writes the network and its bases, and compares the file in ONNX Runtime with the network in
   * memory.
   */
  public Export.Verified write(CompressedNetwork network) {
    Map<String, String> provenance = provenance();
    provenance.put("capstan.plan", plan(network));
    BasesFile.write(network.bases(), network.spaces(), provenance, draft.files().bases());
    return Export.of(session, job.options().seed())
        .write(network.graph(), provenance, draft.files().model());
  }

  /** The ranks of all spaces: {@code conv1=8 conv2=16}. */
  private static String plan(CompressedNetwork network) {
    return network.ranks().entrySet().stream()
        .map(rank -> rank.getKey() + "=" + rank.getValue())
        .collect(Collectors.joining(" "));
  }

  private Map<String, String> provenance() {
    Map<String, String> provenance = draft.provenance();
    provenance.putAll(session.input().told());
    provenance.put("capstan.goal", job.options().ranks().asked());
    provenance.put("capstan.method", job.options().bases().method().toString());
    provenance.put("capstan.seed", Long.toString(job.options().seed()));
    return provenance;
  }

  /** Median latencies of the source and the result. */
  public Speed latencies(Export.Verified verified) {
    return LatencyTiming.measure(session.input(), draft.files().model(), verified.tail());
  }

  /**
   * What the result has lost.
   *
   * @param scores of the network, up to its tail
   */
  public Quality.Lost lost(Scores scores, Export.Verified verified) {
    LossCheck check = new LossCheck(job.limits());
    UncompressedTail tail = verified.tail();
    if (tail != null && tail.refusal() == null) {
      try {
        boolean lists = !JudgedOutputs.lists(session.source().graph()).isEmpty();
        return check.of(WholeFiles.errors(session, draft.files().model()), lists, scores);
      } catch (InvalidInputException refused) {
        String why = session.source().stored().alias().named(String.valueOf(refused.getMessage()));
        session.listener().note("the outputs of the whole file are not known: " + why);
      }
    }
    return check.of(scores, tail == null, session.scorer().compared().size());
  }

  /** Size of the ONNX file, with the tensors beside it if it is a large one. */
  public long bytes() {
    ResultFiles files = draft.files();
    try {
      return Files.size(files.model())
          + (Files.exists(files.tensors()) ? Files.size(files.tensors()) : 0);
    } catch (IOException e) {
      throw new InvalidInputException(files.model() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Where the files will lie. */
  public CompressReport.Files files() {
    return new CompressReport.Files(
        target.model().toString(), target.bases().toString(), target.record().toString());
  }

  /** The result as long as it is a draft. */
  public Path file() {
    return draft.files().model();
  }

  /**
   * Writes the record and moves all files into place.
   *
   * @param evidence what a page shows beside the report
   */
  public void publish(CompressReport report, Object evidence) {
    draft.publish(job, report, evidence);
  }
}
