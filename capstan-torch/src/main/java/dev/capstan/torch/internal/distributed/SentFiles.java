package dev.capstan.torch.internal.distributed;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Files that the process that leads hands to all others. */
final class SentFiles {
  private static final int PIECE = 64 << 20;

  private SentFiles() {}

  /** Copies the files of the leading process's folder to a folder of each other process. */
  static void share(ProcessGroup group, Path folder) {
    try {
      byte[] names = group.broadcast(() -> names(folder));
      for (String line : new String(names, StandardCharsets.UTF_8).lines().toList()) {
        long size = Long.parseLong(line.substring(0, line.indexOf(' ')));
        share(group, folder.resolve(line.substring(line.indexOf(' ') + 1)), size);
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          "%s: what processes hand each other cannot be written: %s"
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  /** One line a file: its size and its name. */
  private static byte[] names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> lines =
          files
              .filter(Files::isRegularFile)
              .sorted()
              .map(file -> file.toFile().length() + " " + file.getFileName())
              .toList();
      return lines.stream().collect(Collectors.joining("\n")).getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InvalidInputException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static void share(ProcessGroup group, Path file, long size) throws IOException {
    try (FileChannel channel =
        group.leads()
            ? FileChannel.open(file, StandardOpenOption.READ)
            : FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      for (long from = 0; from < size; from += PIECE) {
        int length = (int) Math.min(PIECE, size - from);
        byte[] piece = group.broadcast(() -> read(channel, length));
        if (!group.leads()) {
          channel.write(ByteBuffer.wrap(piece));
        }
      }
    }
  }

  private static byte[] read(FileChannel channel, int length) {
    ByteBuffer piece = ByteBuffer.allocate(length);
    try {
      while (piece.hasRemaining() && channel.read(piece) >= 0) {}
    } catch (IOException e) {
      throw new InvalidInputException("what is handed on cannot be read: " + e.getMessage(), e);
    }
    return piece.array();
  }
}
