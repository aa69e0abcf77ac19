package dev.capstan.pipeline.result;

import dev.capstan.error.LostProcessException;
import dev.capstan.files.Sha256;
import dev.capstan.pipeline.input.Session;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.torch.Processes;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A job that several processes do together, each of which was started with it. */
public final class SharedRun {
  private SharedRun() {}

  /**
   * Does this process's part of a job.
   *
   * @param lead does the job, in the process of rank 0
   * @param follow takes a part in the steps of that, in all others
   * @return what came of it; null in processes that follow
   * @throws LostProcessException if one of the processes is lost; where the process that leads
   *     tells of it, that is said
   */
  public static <T> @Nullable T run(
      Rendezvous rendezvous, Function<Processes, T> lead, Consumer<Processes> follow) {
    try (Processes processes = Processes.join(rendezvous)) {
      if (processes.leads()) {
        T result = lead.apply(processes);
        processes.end();
        return result;
      }
      followed(processes, follow);
      return null;
    }
  }

  private static void followed(Processes processes, Consumer<Processes> follow) {
    try {
      follow.accept(processes);
    } catch (LostProcessException lost) {
      throw lost;
    } catch (RuntimeException failure) {
      String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
      processes.fail(message);
      throw LostProcessException.told(message, failure);
    }
  }

  /**
   * Fails where a process was started with something else than the one that leads.
   *
   * @param options what is done to the model
   */
  public static void agree(Processes processes, Session session, Object options) {
    Compute compute = session.inputs().compute();
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("version", Version.NUMBER);
    parts.put("model", session.source().sha256());
    parts.put("image list", session.data().all().names());
    parts.put("configuration", List.of(options, session.inputs().images()));
    parts.put(
        "precision or number of micro-batches",
        List.of(session.torch().precision(), compute.microBatches()));
    parts.put("image reader", session.store().feed().reader());
    parts.forEach((what, part) -> processes.agree(what + " at the start", () -> hash(part)));
  }

  private static String hash(Object part) {
    MessageDigest digest = Sha256.digest();
    digest.update(JsonFile.JSON.writeValueAsBytes(part));
    return Sha256.hex(digest);
  }
}
