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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;
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

  /** A process of its own that asks whether libraries will be unpacked. */
  static final class Asked {
    private Asked() {}

    /** Prints where to. */
    public static void main(String[] args) {
      System.out.print(Libtorch.unpacksInto());
    }
  }

  /** A process of its own that loads libtorch as a job does: tests beside this one may not. */
  static final class Job {
    private Job() {}

    /** Prints the threads of OpenBLAS, and JavaCPP's limit of memory. */
    public static void main(String[] args) {
      Libtorch.unpacksInto();
      Libtorch.load();
      System.out.print(openblas_nolapack.blas_get_num_threads() + " " + Pointer.maxPhysicalBytes());
    }
  }

  @Test
  void nothingIsUnpackedWhileAnotherProcessLoads(@TempDir Path cache) throws Exception {
    assertThat(printed(Holder.class, "-Dorg.bytedeco.javacpp.cachedir=" + cache))
        .isEqualTo("waits 0");
  }

  /** Of another version they do not count. */
  @Test
  void aFirstStartIsTold(@TempDir Path folder) throws Exception {
    String option = "-Dcapstan.natives=" + folder;
    Path cache = folder.resolve("libtorch");
    assertThat(printed(Asked.class, option)).isEqualTo(cache.toString());

    Files.createDirectories(cache.resolve("pytorch-1.0-linux.jar"));
    assertThat(printed(Asked.class, option)).isEqualTo(cache.toString());

    Files.createDirectories(cache.resolve("pytorch-" + Natives.version("pytorch") + "-linux.jar"));
    assertThat(printed(Asked.class, option)).isEqualTo("null");
  }

  /** Its threads would spin against those of OpenMP, and JavaCPP's limit would answer libtorch. */
  @Test
  void whatMakesJobsSlowIsSetInCode() throws Exception {
    assertThat(printed(Job.class)).isEqualTo("1 0");
  }

  private static String printed(Class<?> main, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx64m");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).isZero();
    return printed;
  }
}
