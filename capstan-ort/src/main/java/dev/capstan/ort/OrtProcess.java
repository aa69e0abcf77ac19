package dev.capstan.ort;

import dev.capstan.error.InvalidInputException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime in a process of its own, for models that others wrote: what makes it crash, run for
 * ever or take all memory ends that process, not this one.
 *
 * <p>The process starts with the first question, answers one after the other and ends when it is
 * asked nothing for a while, or with this process.
 */
public final class OrtProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OrtProcess.class);
  private static final OrtProcess SHARED = new OrtProcess();

  /** How often time and memory are looked at. */
  private static final Duration WATCH = Duration.ofMillis(20);

  /**
   * On a busy machine a process waits: what counts is what it worked, up to so many times the
   * limit.
   */
  private static final int WAITING = 12;

  private @Nullable ChildProcess child;

  /** The one of this process: a start takes a second, and what one job started serves the next. */
  public static OrtProcess shared() {
    return SHARED;
  }

  /**
   * Asks a question, for the second time where the process ends on the first.
   *
   * @throws RefusedException if ONNX Runtime refuses the model, or it takes more than it may
   * @throws InvalidInputException in one line, if the process ends again
   */
  synchronized <T> T ask(Question<T> question, Limits limits) throws RefusedException {
    long start = System.nanoTime();
    try {
      return answer(question, limits, start);
    } catch (UncheckedIOException e) {
      LOG.debug("ONNX Runtime's process has ended; trying again", e);
    }
    try {
      return answer(question, limits, start);
    } catch (UncheckedIOException e) {
      throw new InvalidInputException(
          "ONNX Runtime does not survive it: the process that it was tried in has ended, twice", e);
    }
  }

  private <T> T answer(Question<T> question, Limits limits, long start) throws RefusedException {
    ChildProcess running = running();
    Duration before = running.worked();
    long most = running.residentBytes() + limits.bytes();
    CompletableFuture<T> answer = CompletableFuture.supplyAsync(() -> running.exchange(question));
    while (true) {
      try {
        return answer.get(WATCH.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        Duration passed = Duration.ofNanos(System.nanoTime() - start);
        Duration worked = running.worked().minus(before);
        if (isOver(limits.time(), passed, worked) || running.residentBytes() > most) {
          close();
          throw new RefusedException("ONNX Runtime takes more than " + limits.told());
        }
      } catch (ExecutionException e) {
        throw failure(e.getCause());
      } catch (InterruptedException e) {
        close();
        Thread.currentThread().interrupt();
        throw new InvalidInputException("interrupted", e);
      }
    }
  }

  /** Whether a question has had its time: by the clock, and by what was worked on it. */
  static boolean isOver(Duration allowed, Duration passed, Duration worked) {
    boolean byWork = worked.compareTo(allowed) > 0 || worked.isZero();
    return passed.compareTo(allowed) > 0
        && (byWork || passed.compareTo(allowed.multipliedBy(WAITING)) > 0);
  }

  /** What an exchange ended with; a process that may be in the middle of something goes. */
  private RefusedException failure(@Nullable Throwable cause) {
    if (cause instanceof ChildProcess.Refusal refusal) {
      return new RefusedException(String.valueOf(refusal.getMessage()));
    }
    close();
    throw cause instanceof UncheckedIOException ended
        ? ended
        : new IllegalStateException("no answer of ONNX Runtime's process", cause);
  }

  private ChildProcess running() {
    ChildProcess running = child;
    if (running == null || !running.isAlive()) {
      running = ChildProcess.start();
      child = running;
    }
    return running;
  }

  /** The process, null if none runs. */
  @Nullable ProcessHandle handle() {
    ChildProcess running = child;
    return running == null ? null : running.handle();
  }

  /** Ends the process, if one runs; another question starts another. */
  @Override
  public synchronized void close() {
    ChildProcess running = child;
    child = null;
    if (running != null) {
      running.end();
    }
  }
}
