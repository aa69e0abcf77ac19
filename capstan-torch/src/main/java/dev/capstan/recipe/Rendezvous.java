package dev.capstan.recipe;

import dev.capstan.error.InvalidInputException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Where a process stands among those that share the work of a run, and where they meet: what
 * PyTorch's launchers say in environment variables.
 *
 * @param rank number of this process among all; 0 leads
 * @param worldSize how many there are
 * @param localRank number of this process among those of its host
 * @param localWorldSize how many there are on its host
 * @param store where they meet
 * @param peerTimeout how long one of them may say nothing before it counts as lost
 */
public record Rendezvous(
    int rank, int worldSize, int localRank, int localWorldSize, Store store, Duration peerTimeout) {
  /** A process that is stopped, or cut off, for so long does not come back by itself. */
  public static final Duration PEER_TIMEOUT = Duration.ofSeconds(30);

  /** Where {@code capstan launch} has the processes of one host meet, which listens to nobody. */
  public static final String INIT_FILE = "CAPSTAN_INIT_FILE";

  private static final String ADDRESS = "MASTER_ADDR";
  private static final String PORT = "MASTER_PORT";
  private static final int MOST_PORTS = 65_535;

  /** Where processes leave words for each other. */
  public sealed interface Store permits Tcp, File {}

  /**
   * A server.
   *
   * @param host its name or address
   * @param ofLauncher whether the launcher runs it; else the process of rank 0 does
   * @param attempt what keeps the words of this start from those of an earlier one
   */
  public record Tcp(String host, int port, boolean ofLauncher, String attempt) implements Store {}

  /** A file that all of them can write, which does not exist yet. */
  public record File(Path path) implements Store {}

  /** Checks the numbers. */
  public Rendezvous {
    check("RANK", rank, 0, worldSize - 1);
    check("LOCAL_RANK", localRank, 0, localWorldSize - 1);
    check("LOCAL_WORLD_SIZE", localWorldSize, 1, worldSize);
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidInputException(
          "environment variable %s: expected a number from %d to %d, found %d"
              .formatted(name, least, most, value));
    }
  }

  /** The same with another patience. */
  public Rendezvous withPeerTimeout(Duration other) {
    return new Rendezvous(rank, worldSize, localRank, localWorldSize, store, other);
  }

  /** Whether this process decides, writes and tells. */
  public boolean leads() {
    return rank == 0;
  }

  /** Processors of this host that are this process's. */
  public int threads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / localWorldSize);
  }

  /**
   * What an environment says: {@code RANK}, {@code WORLD_SIZE} and so on as {@code torchrun} and
   * Kubernetes' operators set them, or {@code PET_NNODES} and {@code PET_NODE_RANK} where there is
   * one process a node.
   *
   * @return empty where it names no others
   * @throws InvalidInputException if it says something that makes no sense
   */
  public static Optional<Rendezvous> of(Map<String, String> environment) {
    Variables said = new Variables(environment);
    boolean perNode = !said.has("WORLD_SIZE") && said.has("PET_NNODES");
    if (perNode && said.whole("PET_NPROC_PER_NODE", 1) != 1) {
      throw new InvalidInputException(
          "environment variable PET_NPROC_PER_NODE: expected 1 or RANK and WORLD_SIZE of each process, found '%s': start them by torchrun or capstan launch"
              .formatted(environment.get("PET_NPROC_PER_NODE")));
    }
    int size = perNode ? said.whole("PET_NNODES", 1) : said.whole("WORLD_SIZE", 1);
    if (size <= 1) {
      return Optional.empty();
    }
    int rank = perNode ? said.whole("PET_NODE_RANK", -1) : said.whole("RANK", -1);
    int onHost = said.whole("LOCAL_WORLD_SIZE", 1);
    return Optional.of(
        new Rendezvous(
            rank, size, said.whole("LOCAL_RANK", 0), onHost, said.store(), PEER_TIMEOUT));
  }

  /**
   * What {@link #of} reads in one of the processes of one host that meet in a file.
   *
   * @param rank number of the process
   * @param processes how many there are
   * @param file that none of them has made yet
   */
  public static Map<String, String> environment(int rank, int processes, Path file) {
    String number = Integer.toString(rank);
    String count = Integer.toString(processes);
    return Map.of(
        "RANK",
        number,
        "WORLD_SIZE",
        count,
        "LOCAL_RANK",
        number,
        "LOCAL_WORLD_SIZE",
        count,
        INIT_FILE,
        file.toString());
  }

  /** Words of an environment. */
  private record Variables(Map<String, String> words) {
    boolean has(String name) {
      return !word(name).isEmpty();
    }

    String word(String name) {
      return words.getOrDefault(name, "").strip();
    }

    int whole(String name, int otherwise) {
      if (!has(name)) {
        return otherwise;
      }
      try {
        return Integer.parseInt(word(name));
      } catch (NumberFormatException e) {
        throw new InvalidInputException(
            "environment variable %s: expected a whole number, found '%s'"
                .formatted(name, word(name)),
            e);
      }
    }

    Store store() {
      if (has(INIT_FILE)) {
        return new File(Path.of(word(INIT_FILE)));
      }
      String host = has(ADDRESS) ? word(ADDRESS) : word("PET_" + ADDRESS);
      int port = whole(PORT, whole("PET_" + PORT, 0));
      if (host.isEmpty()) {
        throw new InvalidInputException(
            "environment variable WORLD_SIZE says that there are %s processes, but none says where they meet: expected MASTER_ADDR and MASTER_PORT, found no MASTER_ADDR"
                .formatted(word("WORLD_SIZE")));
      }
      check(PORT, port, 1, MOST_PORTS);
      boolean ofLauncher = word("TORCHELASTIC_USE_AGENT_STORE").equals("True");
      return new Tcp(host, port, ofLauncher, word("TORCHELASTIC_RESTART_COUNT"));
    }
  }
}
