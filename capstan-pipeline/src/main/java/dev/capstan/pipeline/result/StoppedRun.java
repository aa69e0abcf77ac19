package dev.capstan.pipeline.result;

import static dev.capstan.pipeline.result.JsonFile.JSON;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import dev.capstan.files.KeptFolder;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressionOptions.Effort;
import dev.capstan.job.Resumption;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Resume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a compression keeps of itself, {@code .NAME.resume} beside its output, so that it can be
 * gone on with where it is stopped. Gone when the result is there.
 */
public final class StoppedRun {
  private static final String IDENTITY = "run.json";
  private static final String EXACT = "bitExact";
  private static final String RUNS = "forwardRuns";

  /** What may be another where bits may. */
  private static final List<String> ELASTIC =
      List.of("machine.", "job.setup.compute.threads", "job.setup.compute.processes");

  private final KeptFolder folder;
  private final Resumption how;
  private final WorkListener listener;
  private ObjectNode identity = JSON.createObjectNode();
  private boolean exact = true;
  private long runs;

  private StoppedRun(KeptFolder folder, Resumption how, WorkListener listener) {
    this.folder = folder;
    this.how = how;
    this.listener = listener;
  }

  /** That of a job; where it begins anew, what was kept is removed. */
  public static StoppedRun of(CompressJob job, ResultFiles files, WorkListener listener) {
    KeptFolder folder = KeptFolder.beside(files.model(), "resume");
    StoppedRun run = new StoppedRun(folder, job.resume(), listener);
    boolean found = !run.states().isEmpty();
    if (job.resume() == Resumption.NONE) {
      if (found) {
        listener.note(folder.path() + ": what a stopped run has kept is removed, this one is new");
      }
      folder.remove();
    } else {
      listener.note(
          found
              ? "going on from %s: %s".formatted(folder.path(), String.join(", ", run.states()))
              : "nothing to go on from: a stopped run has left no " + folder.path());
    }
    folder.make();
    return run;
  }

  /** Where stages keep what they have done. */
  public Resume resume() {
    return new Resume(folder.path(), how == Resumption.ELASTIC);
  }

  private List<String> states() {
    return folder.names().stream().filter(name -> !name.equals(IDENTITY)).toList();
  }

  /**
   * The job, which is the one that was stopped: for a time it asks for as much as that did.
   *
   * @throws InvalidInputException saying what is another
   */
  public CompressJob checked(CompressJob job, Session session) {
    Path file = folder.path().resolve(IDENTITY);
    JsonNode wanted = JSON.readTree(JSON.writeValueAsString(identity(job, session)));
    if (Files.exists(file)) {
      JsonNode found = read(file);
      exact = found.path(EXACT).asBoolean(true);
      runs = found.path(RUNS).asLong(0);
      SettingsDifference difference = SettingsDifference.of(found, wanted, List.of(EXACT, RUNS));
      difference.in(ELASTIC).ifPresent(this::otherMachine);
      difference
          .beside(ELASTIC)
          .ifPresent(
              other -> {
                throw new InvalidInputException(
                    "%s: is what another run has kept (%s): give the same settings, or leave setting 'resume' out"
                        .formatted(folder.path(), other));
              });
    } else if (!states().isEmpty()) {
      throw new InvalidInputException(
          folder.path() + ": does not say what run kept it: leave setting 'resume' out");
    }
    identity = (ObjectNode) wanted;
    write();
    double seconds = job.options().effort().seconds();
    return runs == 0 ? job : job.with(job.options().with(new Effort(seconds, runs)));
  }

  /** Keeps how many forward runs a time came to, which another day it would not. */
  public void allow(long forwardRuns) {
    runs = forwardRuns;
    write();
  }

  private void write() {
    JsonFile.write(folder.path().resolve(IDENTITY), identity.put(EXACT, exact).put(RUNS, runs));
  }

  private void otherMachine(String other) {
    if (how != Resumption.ELASTIC) {
      throw new InvalidInputException(
          "%s: the run that was stopped ran on something else (%s), which gives other bits: setting 'resume' elastic goes on all the same, and the record says so"
              .formatted(folder.path(), other));
    }
    listener.note("going on on something else (" + other + "): bits are not those of one run");
    exact = false;
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(InputFile.text(file));
    } catch (JacksonException e) {
      throw new InvalidInputException(
          file + ": is damaged: leave setting 'resume' out to begin anew", e);
    }
  }

  private static ObjectNode identity(CompressJob job, Session session) {
    ObjectNode identity = JSON.createObjectNode();
    identity.put("capstan", Version.NUMBER);
    identity.put("model", session.source().sha256());
    identity.put("images", session.data().all().names());
    ObjectNode asked = JSON.valueToTree(job);
    // What the result must be, and where it goes, changes nothing on the way to it.
    asked.remove(List.of("limits", "output", "overwrite", "resume", "account"));
    identity.set("job", asked);
    identity.set("machine", JSON.valueToTree(session.machine()));
    return identity;
  }

  /** Whether the result has the bits of a run that was never stopped. */
  public boolean isExact() {
    return exact;
  }

  /** Removes all, once the result is there. */
  public void done() {
    folder.remove();
  }

  /** Says that the run can be gone on with, if it has kept anything. */
  public void stopped() {
    if (states().isEmpty()) {
      folder.remove();
    } else {
      listener.note(
          "what was done is kept in %s: setting 'resume' goes on from it".formatted(folder.path()));
    }
  }
}
