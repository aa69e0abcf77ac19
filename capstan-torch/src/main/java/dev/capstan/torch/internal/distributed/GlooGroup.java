package dev.capstan.torch.internal.distributed;

import dev.capstan.error.LostProcessException;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.torch.internal.tensor.Tensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;

/**
 * Processes that exchange tensors by Gloo.
 *
 * <p>Once a process is lost the group cannot be used any more, nor is its memory given back: what
 * it had begun never ends, and libtorch would wait for it.
 */
public final class GlooGroup implements ProcessGroup {
  /** Until all processes have started; where containers are fetched that takes minutes. */
  private static final Duration GATHERING = Duration.ofMinutes(10);

  /** Nothing is given up for the time it takes: {@link Peers} tells who is lost. */
  private static final Duration NEVER = Duration.ofDays(30);

  private static final long SLICE_MILLIS = 250;

  /** Longer values go from process to process, not through the store. */
  private static final int SHORT = 1 << 16;

  private static final byte WHOLE = 0;
  private static final byte LENGTH = 1;

  private final int rank;
  private final int worldSize;
  private final Peers peers;
  private final ProcessGroupGloo gloo;
  private long values;
  private long agreements;
  private long heard;

  private GlooGroup(Rendezvous rendezvous, Peers peers, ProcessGroupGloo gloo) {
    this.rank = rendezvous.rank();
    this.worldSize = rendezvous.worldSize();
    this.peers = peers;
    this.gloo = gloo;
  }

  /**
   * Waits for all processes of a run.
   *
   * @throws LostProcessException if some do not come
   */
  public static GlooGroup join(Rendezvous rendezvous) {
    try {
      KeyStore store = KeyStore.open(rendezvous, GATHERING);
      Peers peers = new Peers(store, rendezvous);
      peers.gather(GATHERING);
      return new GlooGroup(rendezvous, peers, gloo(rendezvous, store));
    } catch (LostProcessException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new LostProcessException(
          "the processes of this run do not meet at %s: %s"
              .formatted(
                  rendezvous.store(),
                  String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  private static ProcessGroupGloo gloo(Rendezvous rendezvous, KeyStore store) throws IOException {
    try (Milliseconds never = new Milliseconds(NEVER.toMillis());
        ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(never);
        GlooDeviceVector devices =
            new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(address(rendezvous)))) {
      options.devices(devices);
      return new ProcessGroupGloo(
          store.store(), rendezvous.rank(), rendezvous.worldSize(), options);
    }
  }

  private static String address(Rendezvous rendezvous) throws IOException {
    boolean oneHost = rendezvous.localWorldSize() == rendezvous.worldSize();
    return rendezvous.store() instanceof Rendezvous.Tcp tcp
        ? LocalAddress.towards(tcp.host(), tcp.port(), oneHost)
        : LocalAddress.towards("", 0, true);
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int worldSize() {
    return worldSize;
  }

  @Override
  public void allReduce(Tensor values, Runnable meanwhile) {
    try (PointerScope scope = new PointerScope()) {
      Work work = begun(() -> gloo.allreduce(new TensorVector(values)));
      meanwhile.run();
      await(work);
    }
  }

  private Work begun(Supplier<Work> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw peers.lost(e);
    }
  }

  /** In slices: a process that is stopped or cut off closes no connection. */
  private void await(Work work) {
    while (true) {
      boolean over = work.isCompleted();
      try {
        work._wait(new Milliseconds(SLICE_MILLIS));
        return;
      } catch (RuntimeException e) {
        if (over) {
          throw peers.lost(e);
        }
        peers.check();
      }
    }
  }

  @Override
  public byte[] broadcast(Supplier<byte[]> value) {
    String key = "value/" + values++;
    byte[] own = leads() ? value.get() : new byte[0];
    if (leads()) {
      boolean whole = own.length <= SHORT;
      peers.leave(key, whole ? tagged(WHOLE, own) : tagged(LENGTH, length(own.length)));
    }
    byte[] told = leads() && own.length <= SHORT ? tagged(WHOLE, own) : peers.await(key);
    byte[] rest = Arrays.copyOfRange(told, 1, told.length);
    return told[0] == WHOLE ? rest : exchanged(own, ByteBuffer.wrap(rest).getInt());
  }

  private static byte[] length(int bytes) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(bytes).array();
  }

  private static byte[] tagged(byte tag, byte[] bytes) {
    return ByteBuffer.allocate(1 + bytes.length).put(tag).put(bytes).array();
  }

  private byte[] exchanged(byte[] own, int length) {
    try (PointerScope scope = new PointerScope()) {
      Tensor bytes = Tensors.ofBytes(leads() ? own : new byte[length]);
      await(begun(() -> gloo.broadcast(new TensorVector(bytes))));
      return leads() ? own : Tensors.bytes(bytes);
    }
  }

  @Override
  public void agree(String what, Supplier<String> hash) {
    String key = "agreement/" + agreements++ + "/";
    String mine = hash.get();
    peers.leave(key + rank, bytes(mine));
    if (leads()) {
      peers.leave(key, bytes(differing(what, key, mine)));
    }
    String other = new String(peers.await(key), StandardCharsets.UTF_8);
    if (!other.isEmpty()) {
      throw new LostProcessException(other);
    }
  }

  private static byte[] bytes(String words) {
    return words.getBytes(StandardCharsets.UTF_8);
  }

  private String differing(String what, String key, String mine) {
    return peers
        .others()
        .filter(one -> !mine.equals(new String(peers.await(key + one), StandardCharsets.UTF_8)))
        .mapToObj(one -> "%s has another %s than rank 0".formatted(peers.named(one), what))
        .findFirst()
        .orElse("");
  }

  @Override
  public List<byte[]> hear(Supplier<byte[]> own) {
    String key = "heard/" + heard++ + "/";
    if (leads()) {
      return peers.others().mapToObj(one -> peers.await(key + one)).toList();
    }
    peers.leave(key + rank, own.get());
    return List.of();
  }

  @Override
  public void fail(String message) {
    peers.fail(message);
  }

  @Override
  public void close() {
    peers.close();
  }
}
