package dev.capstan.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Where a run that is stopped goes on from. */
final class TrainJobTest {
  @Test
  void theCheckpointLiesBesideTheOutput() {
    assertThat(TrainJob.checkpointOf(Path.of("folder", "small.onnx")))
        .isEqualTo(Path.of("folder", "small.onnx.checkpoint"));
    assertThat(TrainJob.checkpointOf(Path.of("small"))).isEqualTo(Path.of("small.checkpoint"));
  }
}
