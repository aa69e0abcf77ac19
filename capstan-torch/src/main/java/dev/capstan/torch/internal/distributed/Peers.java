package dev.capstan.torch.internal.distributed;

import dev.capstan.error.LostProcessException;
import dev.capstan.recipe.Rendezvous;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Whether the other processes still work. Each says so twice a second; the one that leads looks
 * after all others, these after that one.
 *
 * <p>Owns a thread until closed.
 */
final class Peers implements AutoCloseable {
  private static final long BEAT_MILLIS = 500;

  /** Between two looks at what was left; sums of small networks take a few milliseconds. */
  private static final long LOOK_MILLIS = 20;

  /** Between two looks at whether the others work, which ask the store for each of them. */
  private static final long CHECK_NANOS = 250_000_000;

  private static final String PROCESS = "process/";
  private static final String BEAT = "beat/";
  private static final String FAILED = "failed/";
  private static final String LEFT = "left/";

  /** For the others to see that the one that leads has left, before the store goes with it. */
  private static final Duration FAREWELL = Duration.ofSeconds(3);

  private final KeyStore store;
  private final PeerProcess self;
  private final int worldSize;
  private final Duration timeout;
  private final List<Watched> watched = new ArrayList<>();
  private final Thread beating;
  private long checked;

  /** Enters the group, without waiting for others. */
  Peers(KeyStore store, Rendezvous rendezvous) {
    this.store = store;
    this.self = PeerProcess.self(rendezvous.rank());
    this.worldSize = rendezvous.worldSize();
    this.timeout = rendezvous.peerTimeout();
    store.set(PROCESS + self.rank(), self.words());
    this.beating = new Thread(this::beat, "capstan-heartbeat");
    beating.setDaemon(true);
    beating.start();
  }

  private void beat() {
    try {
      for (long count = 0; ; count++) {
        store.set(BEAT + self.rank(), Long.toString(count));
        Thread.sleep(BEAT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException unreachable) {
      // Whoever waits for something finds out, and says so.
    }
  }

  /** Waits until all others are there. */
  void gather(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    for (int rank = 0; rank < worldSize; rank++) {
      String words = store.words(PROCESS + rank);
      for (; words == null; words = store.words(PROCESS + rank)) {
        if (System.nanoTime() > end) {
          throw new LostProcessException(
              "rank %d of %d has not come within %d s"
                  .formatted(rank, worldSize, longest.toSeconds()));
        }
        pause();
      }
      if (self.rank() == 0 ? rank > 0 : rank == 0) {
        watched.add(new Watched(PeerProcess.of(rank, words)));
      }
    }
  }

  /** One that is looked after. */
  private final class Watched {
    private final PeerProcess process;
    private String last = "";
    private long changed = System.nanoTime();

    Watched(PeerProcess process) {
      this.process = process;
    }

    void check() {
      String failed = store.words(FAILED + process.rank());
      if (failed != null) {
        throw new LostProcessException(process + " failed: " + failed);
      }
      String beat = store.words(BEAT + process.rank());
      if (beat != null && !beat.equals(last)) {
        last = beat;
        changed = System.nanoTime();
      }
      if (process.hasEnded(self)) {
        throw new LostProcessException(process + " has ended");
      }
      if (isSilentFor(timeout)) {
        throw new LostProcessException(
            "%s has not answered for %d s: it was stopped or is cut off (setting 'peer-timeout')"
                .formatted(process, timeout.toSeconds()));
      }
    }

    boolean isSilentFor(Duration duration) {
      return System.nanoTime() - changed > duration.toNanos();
    }
  }

  /**
   * Waits for what another process leaves.
   *
   * @throws LostProcessException if that one is lost
   */
  byte[] await(String key) {
    for (; ; pause()) {
      byte[] value = reached(() -> Optional.ofNullable(store.find(key))).orElse(null);
      if (value != null) {
        return value;
      }
      check();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostProcessException("interrupted while waiting for other processes", e);
    }
  }

  /**
   * Looks after the others, if it is time to.
   *
   * @throws LostProcessException that names the one that is lost
   */
  void check() {
    reached(
        () -> {
          look();
          return true;
        });
  }

  /** Leaves something for others. */
  void leave(String key, byte[] value) {
    reached(
        () -> {
          store.set(key, value);
          return true;
        });
  }

  /** What comes of a question to the store, which may be gone with the process that keeps it. */
  private <T> T reached(Supplier<T> question) {
    try {
      return question.get();
    } catch (LostProcessException named) {
      throw named;
    } catch (RuntimeException unreachable) {
      throw lost(unreachable);
    }
  }

  private void look() {
    if (System.nanoTime() - checked < CHECK_NANOS) {
      return;
    }
    checked = System.nanoTime();
    if (self.rank() > 0 && store.find(LEFT + 0) != null) {
      throw LostProcessException.told(watched.get(0).process + " has left");
    }
    watched.forEach(Watched::check);
  }

  /**
   * Who is behind a failure of what all do together: connections say nothing of ranks.
   *
   * @param failure libtorch's
   */
  LostProcessException lost(RuntimeException failure) {
    try {
      Duration silence = Duration.ofMillis(4 * BEAT_MILLIS);
      for (long looks = 0; looks < 2 * silence.toMillis() / LOOK_MILLIS; looks++) {
        look();
        for (Watched one : watched) {
          if (one.isSilentFor(silence)) {
            return new LostProcessException(one.process + " is gone", failure);
          }
        }
        pause();
      }
    } catch (LostProcessException named) {
      return named;
    } catch (RuntimeException unreachable) {
      // The store is gone with the process that keeps it.
    }
    String who =
        watched.size() == 1
            ? watched.get(0).process + " is gone: "
            : "the connection to other processes is gone: ";
    String why = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return new LostProcessException(who + why, failure);
  }

  /** The process of a rank, in words. */
  String named(int rank) {
    return watched.stream()
        .map(one -> one.process)
        .filter(process -> process.rank() == rank)
        .map(PeerProcess::toString)
        .findFirst()
        .orElse("rank " + rank);
  }

  /** The numbers of the others. */
  IntStream others() {
    return IntStream.range(0, worldSize).filter(rank -> rank != self.rank());
  }

  /** Tells the one that leads that this process has failed. */
  void fail(String message) {
    store.set(FAILED + self.rank(), message);
  }

  /** Says no more; where the one that leads does so, nobody waits for it any longer. */
  @Override
  public void close() {
    beating.interrupt();
    try {
      store.set(LEFT + self.rank(), "");
      long end = System.nanoTime() + FAREWELL.toNanos();
      while (self.rank() == 0
          && System.nanoTime() < end
          && !watched.stream().allMatch(this::left)) {
        pause();
      }
    } catch (RuntimeException unreachable) {
      // Gone with the process that keeps it: nobody is left to tell.
    }
  }

  private boolean left(Watched one) {
    return one.process.hasEnded(self) || store.find(LEFT + one.process.rank()) != null;
  }
}
