package dev.capstan.torch.internal.distributed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process of a group, as others name it.
 *
 * @param rank its number
 * @param host where it runs
 * @param space what tells process ids of one container from those of another
 * @param pid its process id
 */
record PeerProcess(int rank, String host, String space, long pid) {
  private static final String SEPARATOR = "\t";
  private static final Path SPACE = Path.of("/proc/self/ns/pid");

  /** This process. */
  static PeerProcess self(int rank) {
    return new PeerProcess(rank, hostName(), pidSpace(), ProcessHandle.current().pid());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      // A host without a name of its own; its processes still have numbers.
      return "unknown host";
    }
  }

  private static String pidSpace() {
    try {
      return Files.readSymbolicLink(SPACE).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  /** The process that words tell of. */
  static PeerProcess of(int rank, String words) {
    String[] parts = words.split(SEPARATOR, -1);
    return new PeerProcess(rank, parts[0], parts[1], Long.parseLong(parts[2]));
  }

  String words() {
    return String.join(SEPARATOR, host, space, Long.toString(pid));
  }

  /**
   * Whether it is no more, as far as can be seen.
   *
   * @param from the process that looks: of other hosts it sees nothing
   */
  boolean hasEnded(PeerProcess from) {
    return host.equals(from.host)
        && space.equals(from.space)
        && ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true);
  }

  /** {@code rank 1 (process 4711 on host)}. */
  @Override
  public String toString() {
    return "rank %d (process %d on %s)".formatted(rank, pid, host);
  }
}
