package dev.capstan.files;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Files that are no regular ones. */
public final class SpecialFiles {
  private SpecialFiles() {}

  /** A pipe: a read of it waits until somebody writes. */
  public static Path pipe(Path file) throws IOException {
    try {
      Process made = new ProcessBuilder("mkfifo", file.toString()).start();
      Assumptions.assumeTrue(made.waitFor() == 0);
    } catch (IOException | InterruptedException e) {
      Assumptions.abort("no mkfifo here");
    }
    return file;
  }

  /** One of each kind that this system has; a folder for those that are made. */
  static List<Path> all(Path folder) throws IOException {
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
    }
    return Stream.of(
            pipe(folder.resolve("pipe")), socket, Path.of("/dev/null"), Path.of("/dev/zero"))
        .filter(Files::exists)
        .toList();
  }
}
