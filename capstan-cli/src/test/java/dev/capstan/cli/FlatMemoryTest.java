package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Pnightly}: one process that loads and runs a model 200 times takes no more for it. */
@Tag("trust")
@EnabledIfSystemProperty(named = "capstan.loads", matches = "\\d+")
final class FlatMemoryTest {
  private static final int WARM_UP = 20;

  @TempDir Path folder;

  @Test
  void aModelMayBeLoadedAgainAndAgain() throws Exception {
    String model = Samples.model(folder.resolve("m.onnx"), 10).toString();
    String images = Samples.images(folder.resolve("images"), 30).toString();
    load(WARM_UP, model, images);
    long before = taken();
    int loads = Integer.getInteger("capstan.loads");
    load(loads, model, images);
    long grown = taken() - before;

    System.out.printf("%d loads: %.1f MB more%n", loads, grown * 1e-6);
    // The model's weights alone, forgotten each time, would be little; its libtorch modules, 200
    // sessions of ONNX Runtime or their threads would not.
    assertThat(grown).isLessThan(48L << 20);
  }

  private static void load(int times, String model, String images) {
    for (int i = 0; i < times; i++) {
      assertThat(CommandLineRun.of("inspect", model).code()).isZero();
      CommandLineRun run = CommandLineRun.of("evaluate", model, "--data", images, "--threads=1");
      assertThat(run.code()).as(run.err()).isZero();
    }
  }

  /** Bytes of memory beside the heap's free part, which is the collector's to keep. */
  private static long taken() {
    System.gc();
    return Pointer.physicalBytes() - Runtime.getRuntime().freeMemory();
  }
}
