package dev.capstan.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.job.CompareJob.RivalRanks;
import dev.capstan.rank.Goal;
import dev.capstan.recipe.Method;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rows that a comparison asks for. */
final class CompareJobTest {
  private static final Inputs INPUTS = Inputs.of(Path.of("model.onnx"), Path.of("images"));

  private static CompareJob job(List<Method> methods, List<Double> budgets, List<Long> seeds) {
    return new CompareJob(
        INPUTS,
        methods,
        budgets,
        seeds,
        RivalRanks.SAME,
        CompressionOptions.DEFAULT,
        Path.of("folder"));
  }

  @Test
  void theTableOfASeedIsCompleteBeforeTheNextBegins() {
    CompareJob job = job(List.of(Method.CAP, Method.PCA), List.of(0.5, 0.25), List.of(7L, 1L));

    assertThat(job.keys())
        .extracting(CompareJob.Key::toString)
        .containsExactly(
            "cap-0.5-7",
            "pca-0.5-7",
            "cap-0.25-7",
            "pca-0.25-7",
            "cap-0.5-1",
            "pca-0.5-1",
            "cap-0.25-1",
            "pca-0.25-1");
  }

  @Test
  void whatIsNamedTwiceIsDoneOnce() {
    CompareJob job =
        job(List.of(Method.PCA, new Method("pca")), List.of(0.5, 0.50), List.of(1L, 1L));

    assertThat(job.keys()).containsExactly(new CompareJob.Key(Method.PCA, 0.5, 1));
  }

  @Test
  void aComparisonOfNothingIsRefused() {
    List<Method> methods = List.of(Method.PCA);
    assertThatThrownBy(() -> job(List.of(), List.of(0.5), List.of(1L)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> job(methods, List.of(), List.of(1L)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> job(methods, List.of(0.5), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRowsOptionsDifferFromTheJobsInItsKeyAlone() {
    CompareJob job = job(List.of(Method.PCA), List.of(0.25), List.of(7L));

    CompressionOptions options = job.options(job.keys().get(0));

    assertThat(options.ranks().goal()).isEqualTo(Goal.keepMacs(0.25));
    assertThat(options.bases().method()).isEqualTo(Method.PCA);
    assertThat(options.seed()).isEqualTo(7);
    assertThat(
            options
                .with(job.options().ranks())
                .with(options.bases().with(job.options().bases().method()))
                .withSeed(job.options().seed()))
        .isEqualTo(job.options());
  }
}
