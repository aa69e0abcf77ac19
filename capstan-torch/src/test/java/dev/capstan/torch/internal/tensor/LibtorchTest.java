package dev.capstan.torch.internal.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Natives are unpacked and loaded by one process at a time. */
final class LibtorchTest {
  /** A process of its own that holds the lock, then asks for libtorch: Java refuses the second. */
  static final class Holder {
    private Holder() {}

    /** Prints what came of it, and how many libraries lie in the cache. */
    public static void main(String[] args) throws IOException {
      Path cache = Loader.getCacheDir().toPath();
      try (FileChannel channel =
              FileChannel.open(
                  cache.resolve(Libtorch.LOCK),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        Libtorch.load();
        System.out.print("loaded ");
      } catch (OverlappingFileLockException held) {
        System.out.print("waits ");
      }
      try (Stream<Path> files = Files.walk(cache)) {
        System.out.print(files.filter(file -> file.toString().contains(".so")).count());
      }
    }
  }

  @Test
  void nothingIsUnpackedWhileAnotherProcessLoads(@TempDir Path cache) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();

    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).isZero();
    assertThat(printed).isEqualTo("waits 0");
  }
}
