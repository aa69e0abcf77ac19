package dev.capstan.recipe.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each step of learning goes by. */
class LearnRecipeTest {
  /** Each part begins gently, since Adam's first steps are as long for noise as for gradients. */
  @ParameterizedTest
  @ValueSource(ints = {7, 63, 100, 1500})
  void eachPartRisesAndFalls(int steps) {
    LearnRecipe recipe = LearnRecipe.standard(32 * steps, 1);
    double task = recipe.rate() * recipe.task().rate();
    int second = IntStream.range(1, steps).filter(s -> recipe.stepOfPart(s) == 0).sum();

    assertThat(recipe.steps()).isEqualTo(steps);
    assertThat(second).isEqualTo(Math.round(steps * 0.5f));
    assertHill(recipe, 0, second, recipe.rate());
    assertHill(recipe, second, steps, task);
    IntStream.range(0, steps)
        .forEach(s -> assertThat(recipe.taskWeight(s)).isEqualTo(s < second ? 0 : 1));
  }

  private static void assertHill(LearnRecipe recipe, int from, int to, double most) {
    double[] rates = IntStream.range(from, to).mapToDouble(recipe::rate).toArray();
    int warm = Math.max(1, Math.min(20, recipe.steps() / 10));
    assertThat(rates[0]).isCloseTo(most / warm, withinPercentage(1e-6));
    assertThat(Arrays.stream(rates)).allMatch(rate -> rate > 0 && rate <= most);
    int top =
        IntStream.range(0, rates.length).reduce((a, b) -> rates[b] > rates[a] ? b : a).orElse(0);
    assertThat(IntStream.range(0, top)).allMatch(i -> rates[i] < rates[i + 1]);
    assertThat(IntStream.range(top, rates.length - 1)).allMatch(i -> rates[i] > rates[i + 1]);
    assertThat(rates[rates.length - 1]).isLessThan(most);
  }
}
