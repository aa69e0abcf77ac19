package dev.capstan.torch;

import dev.capstan.recipe.Rendezvous;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.distributed.GlooGroup;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The processes that share the work of a run: the one of rank 0 leads, which decides, writes and
 * tells, the others follow it ({@link TorchSession#follow}). Left by closing.
 */
public final class Processes implements AutoCloseable {
  /** This process by itself. */
  public static final Processes ALONE = new Processes(ProcessGroup.ALONE);

  static final String END = "end";

  private final ProcessGroup group;

  private Processes(ProcessGroup group) {
    this.group = group;
  }

  /**
   * Waits for all of them.
   *
   * @throws dev.capstan.error.LostProcessException if some do not come
   */
  public static Processes join(Rendezvous rendezvous) {
    return new Processes(GlooGroup.join(rendezvous));
  }

  ProcessGroup group() {
    return group;
  }

  /** Whether this process leads. */
  public boolean leads() {
    return group.leads();
  }

  /**
   * Fails where a process has something else than the one that leads.
   *
   * @param what it is, in words
   * @param hash of it
   * @throws dev.capstan.error.LostProcessException that names the process
   */
  public void agree(String what, Supplier<String> hash) {
    group.agree(what, hash);
  }

  /** Tells those that follow that there is no more to do. */
  public void end() {
    new Parcel(END, Map.of(), Map.of(), List.of()).send(new Exchange(group, 1));
  }

  /**
   * Tells the one that leads that this process has failed.
   *
   * @param message why, in one line
   */
  public void fail(String message) {
    group.fail(message);
  }

  @Override
  public void close() {
    group.close();
  }
}
