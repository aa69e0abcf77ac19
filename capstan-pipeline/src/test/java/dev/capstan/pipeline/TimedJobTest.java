package dev.capstan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.CompressionOptions.Effort;
import dev.capstan.job.Inputs;
import dev.capstan.report.CompressReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are given a time: what they do hangs on the pace that was measured, no more. */
final class TimedJobTest {
  @TempDir Path folder;

  private CompressJob job(Inputs inputs, Effort effort, String name) {
    CompressionOptions options = CompressionOptions.DEFAULT.with(TinyInputs.RANKS).with(effort);
    return CompressJob.of(inputs.model(), inputs.data(), folder.resolve(name))
        .with(inputs)
        .with(options);
  }

  /** At each look so many seconds are over. */
  private static LongSupplier clock(double seconds) {
    AtomicLong now = new AtomicLong();
    return () -> now.addAndGet((long) (seconds * 1e9));
  }

  @Test
  void theNumberThatAJobTellsGivesItsBitsAgain() throws IOException {
    Inputs tiny =
        TinyInputs.of(
            TinyInputs.written(TinyInputs.graph(), folder),
            TinyInputs.images(folder.resolve("images"), 5, 60));
    Inputs inputs =
        new Inputs(tiny.model(), tiny.data(), null, tiny.images(), tiny.compute(), true, null);
    Heard heard = new Heard();

    CompressReport slow =
        Compressor.run(job(inputs, new Effort(160, 0), "slow.onnx"), heard, clock(0.5));
    CompressReport fast =
        Compressor.run(job(inputs, new Effort(160, 0), "fast.onnx"), new Heard(), clock(0.25));
    long runs = slow.work().forwardRuns();
    CompressReport again =
        Compressor.run(
            job(inputs, new Effort(0, runs), "again.onnx"), new Heard(), System::nanoTime);

    assertThat(fast.work().forwardRuns()).isGreaterThan(runs);
    assertThat(again.work().forwardRuns()).isEqualTo(runs);
    assertThat(heard.notes().get(0)).contains("'forward-runs' " + runs);
    assertThat(slow.work().plan()).isNotEmpty();
    assertThat(Files.readString(folder.resolve("slow.capstan.json")))
        .contains("\"forwardRuns\" : " + runs);
    assertThat(Files.readAllBytes(folder.resolve("again.bases.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("slow.bases.safetensors")));
    assertThat(Files.readAllBytes(folder.resolve("again.onnx")))
        .isEqualTo(Files.readAllBytes(folder.resolve("slow.onnx")));
  }
}
