package dev.capstan.torch.internal.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.capstan.data.Dataset;
import dev.capstan.data.DatasetView;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.error.LostProcessException;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.RgbImage;
import dev.capstan.recipe.Rendezvous;
import dev.capstan.torch.internal.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two real processes that exchange what there is to exchange. */
final class GlooGroupTest {
  private static final int LONG = 1 << 20;

  @TempDir private Path folder;

  /** All that a group does, checked from within both processes; then one of them dies. */
  static final class Everything implements LocalProcesses.Work {
    @Override
    public void run(Rendezvous rendezvous, String... arguments) throws Exception {
      try (ProcessGroup group = GlooGroup.join(rendezvous)) {
        sums(group);
        meanwhile(group, Path.of(arguments[0]).resolve("of rank 0"));
        values(group);
        agreements(group);
        leftOut(group);
        System.out.println("all checked");
        dies(group);
      }
    }

    private static void sums(ProcessGroup group) {
      try (PointerScope scope = new PointerScope()) {
        float third = 1f / 3;
        Tensor floats = Tensors.of(new float[] {group.rank() + 1, third}, 2);
        Tensor doubles = Tensors.of(new double[] {1e-9 * group.rank(), 1}, 2);
        group.allReduce(floats);
        group.allReduce(doubles);
        assertThat(Tensors.floats(floats)).containsExactly(3, third + third);
        assertThat(Tensors.doubles(doubles)).containsExactly(1e-9, 2);
      }
    }

    /** Rank 1 joins in once it sees what rank 0 does while it waits for it. */
    private static void meanwhile(ProcessGroup group, Path seen)
        throws IOException, InterruptedException {
      if (!group.leads()) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(seen)) {
          assertThat(System.nanoTime()).as("rank 0 waits first").isLessThan(end);
          TimeUnit.MILLISECONDS.sleep(20);
        }
      }
      try (PointerScope scope = new PointerScope()) {
        Tensor values = Tensors.of(new float[] {1}, 1);
        group.allReduce(values, () -> make(seen.resolveSibling("of rank " + group.rank())));
        assertThat(Tensors.floats(values)).containsExactly(2);
        ProcessGroup.ALONE.allReduce(values, () -> fail("there is nobody to wait for"));
      }
    }

    private static void make(Path file) {
      try {
        Files.createFile(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void values(ProcessGroup group) {
      byte[] few = "of rank 0".getBytes(StandardCharsets.UTF_8);
      byte[] many = new byte[LONG];
      many[LONG - 1] = -7;
      assertThat(group.broadcast(() -> group.leads() ? few : many)).isEqualTo(few);
      assertThat(group.broadcast(() -> group.leads() ? many : few)).isEqualTo(many);
      assertThat(group.decide(() -> new double[] {0.1 + group.rank(), group.rank()}))
          .containsExactly(0.1, 0);
    }

    private static void agreements(ProcessGroup group) {
      group.agree("thing", () -> "the same");
      assertThatThrownBy(() -> group.agree("thing after step 3", () -> "of " + group.rank()))
          .isInstanceOf(LostProcessException.class)
          .hasMessageMatching("rank 1.* has another thing after step 3 than rank 0");
    }

    /** Rank 0 tells of what rank 1 alone has tried to read. */
    private static void leftOut(ProcessGroup group) {
      DatasetView damaged =
          new DatasetView() {
            @Override
            public Dataset whole() {
              return new ShapeImages(1, 5);
            }

            @Override
            public RgbImage image(int index, ImageDecoder decoder) throws IOException {
              throw new IOException("damaged");
            }
          };
      ImageStore store =
          new ImageStore(damaged, new ImageIoDecoder(), Preprocessing.imageNet(8, 8));
      if (group.leads()) {
        LeftOut.hear(group, List.of(store));
        assertThat(store.skipped()).containsExactly(damaged.name(3) + ": damaged");
      } else {
        assertThatThrownBy(() -> ImageSubset.of(store, 3).batches(1, 1).hasNext())
            .hasMessageContaining("cannot be read");
        assertThat(Parcel.receive(group).work()).isEqualTo(LeftOut.WORK);
        LeftOut.tell(group, List.of(store));
      }
    }

    private static void dies(ProcessGroup group) {
      if (group.rank() == 1) {
        Runtime.getRuntime().halt(9);
      }
      try (PointerScope scope = new PointerScope()) {
        group.allReduce(Tensors.of(new float[] {1}, 1));
      }
    }
  }

  @Test
  void twoProcessesExchangeAllAndADeathIsNamed() throws Exception {
    try (LocalProcesses ranks =
        LocalProcesses.start(Everything.class, 2, folder, folder.toString())) {
      long pid = ranks.process(1).pid();

      assertThat(ranks.codes()).as(outputs()).containsExactly(1, 9);
      assertThat(outputs())
          .contains("all checked")
          .containsPattern(
              "LostProcessException: rank 1 \\(process " + pid + " on .*\\) has ended");
    }
  }

  /** Rank 0 keeps the store by which others see that it works, and is stopped with it. */
  static final class Stopped implements LocalProcesses.Work {
    @Override
    public void run(Rendezvous rendezvous, String... arguments) throws Exception {
      Rendezvous.Store store =
          new Rendezvous.Tcp("127.0.0.1", Integer.parseInt(arguments[0]), false, "");
      Rendezvous byServer =
          new Rendezvous(rendezvous.rank(), 2, rendezvous.rank(), 2, store, Duration.ofSeconds(1));
      try (ProcessGroup group = GlooGroup.join(byServer);
          PointerScope scope = new PointerScope()) {
        Tensor values = Tensors.of(new float[] {1}, 1);
        group.allReduce(values);
        if (group.leads()) {
          Files.createFile(Path.of(arguments[1]));
          Thread.sleep(TimeUnit.MINUTES.toMillis(1));
        }
        group.allReduce(values);
      }
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void oneThatIsStoppedIsNamedThoughItKeepsTheStore() throws Exception {
    Path met = folder.resolve("met");
    try (LocalProcesses ranks =
        LocalProcesses.start(Stopped.class, 2, folder, freePort(), met.toString())) {
      Process leader = ranks.process(0);
      while (!Files.exists(met) && leader.isAlive()) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      new ProcessBuilder("kill", "-STOP", Long.toString(leader.pid())).start().waitFor();

      assertThat(ranks.process(1).waitFor(30, TimeUnit.SECONDS)).as(outputs()).isTrue();
      assertThat(outputs())
          .containsPattern(
              "LostProcessException: rank 0 \\(process " + leader.pid() + " on .*\\) ");
    }
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return Integer.toString(socket.getLocalPort());
    }
  }

  private String outputs() throws Exception {
    return Files.readString(LocalProcesses.output(folder, 0).toPath())
        + Files.readString(LocalProcesses.output(folder, 1).toPath());
  }

  @Test
  void aProcessAloneIsAskedItself() {
    assertThat(ProcessGroup.ALONE.decide(() -> new double[] {3})).containsExactly(3);
    assertThat(ProcessGroup.ALONE.leads()).isTrue();
  }
}
