package dev.capstan.torch.internal.distributed;

import static java.util.Objects.requireNonNull;

import dev.capstan.error.LostProcessException;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.torch.internal.tensor.Libtorch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.ByteVector;
import org.bytedeco.pytorch.FileStore;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.jspecify.annotations.Nullable;

/**
 * What processes leave for each other, by key. A key is asked for, never waited for: a wait in
 * libtorch would hold up all other threads, and warn when it ends in vain. What is asked of a store
 * that is cut off has no end in libtorch, so a thread of its own asks.
 *
 * <p>Owns the store until closed. Thread-safe.
 */
final class KeyStore implements AutoCloseable {
  /** Apart from what a launcher keeps in its own store. */
  private static final String PREFIX = "capstan/";

  private final Store underlying;
  private final PrefixStore store;
  private final Duration patience;
  private final ExecutorService asking;
  private volatile boolean silent;

  private KeyStore(Store underlying, String prefix, Duration patience) {
    this.underlying = underlying;
    this.store = new PrefixStore(prefix, underlying);
    this.patience = patience;
    this.asking =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "capstan-store");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Opens the store of a run, and makes it where that is this process's part.
   *
   * @param connect how long to try to reach it
   */
  static KeyStore open(Rendezvous rendezvous, Duration connect) {
    Libtorch.load();
    if (rendezvous.store() instanceof Rendezvous.Tcp tcp) {
      Store store = server(tcp, rendezvous.leads() && !tcp.ofLauncher(), connect);
      store.setTimeout(millis(rendezvous.peerTimeout()));
      return new KeyStore(store, PREFIX + tcp.attempt(), rendezvous.peerTimeout());
    }
    Rendezvous.File file = (Rendezvous.File) rendezvous.store();
    return new KeyStore(
        new FileStore(file.path().toString(), rendezvous.worldSize()),
        PREFIX,
        rendezvous.peerTimeout());
  }

  private static Store server(Rendezvous.Tcp tcp, boolean here, Duration connect) {
    try (TCPStoreOptions options = new TCPStoreOptions();
        Milliseconds timeout = millis(connect)) {
      // A port is unsigned there.
      options.port((short) tcp.port()).isServer(here).waitWorkers(false).timeout(timeout);
      return new TCPStore(tcp.host(), options);
    }
  }

  private static Milliseconds millis(Duration duration) {
    return new Milliseconds(duration.toMillis());
  }

  /** What libtorch's own engines leave their words in. */
  Store store() {
    return store;
  }

  void set(String key, byte[] value) {
    answered(
        () -> {
          try (PointerScope scope = new PointerScope()) {
            store.set(key, new ByteVector(value));
            return true;
          }
        });
  }

  /**
   * What comes of a question.
   *
   * @throws IllegalStateException if the store, which another process keeps, does not answer
   */
  private <T> T answered(Callable<T> question) {
    try {
      if (!silent) {
        return asking.submit(question).get(patience.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (TimeoutException e) {
      silent = true;
    } catch (ExecutionException e) {
      throw new IllegalStateException(requireNonNull(e.getCause()).getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostProcessException("interrupted while waiting for other processes", e);
    }
    throw new IllegalStateException(
        "it has not answered for %d s: it was stopped or is cut off (setting 'peer-timeout')"
            .formatted(patience.toSeconds()));
  }

  void set(String key, String words) {
    set(key, words.getBytes(StandardCharsets.UTF_8));
  }

  /** What was left under a key, null where nothing was. */
  byte @Nullable [] find(String key) {
    return answered(() -> Optional.ofNullable(found(key))).orElse(null);
  }

  private byte @Nullable [] found(String key) {
    try (PointerScope scope = new PointerScope()) {
      return store.check(new StringVector(key)) ? store.get(key).get() : null;
    }
  }

  /** The same as words. */
  @Nullable String words(String key) {
    byte[] found = find(key);
    return found == null ? null : new String(found, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    asking.shutdown();
    store.close();
    underlying.close();
  }
}
