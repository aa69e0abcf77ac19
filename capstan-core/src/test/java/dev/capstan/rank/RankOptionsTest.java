package dev.capstan.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.cost.CostModel;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.rank.allocate.Budget;
import dev.capstan.rank.allocate.UniformRanks;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.zoo.Zoo;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which spaces are open and on what grid. */
class RankOptionsTest {
  private static final Graph GRAPH = Zoo.random("resnet20", 1);
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);

  private static List<String> open(List<String> include, List<String> exclude) {
    return new RankOptions(RankGrid.DEFAULT, include, exclude)
        .open(SPACES).stream().map(Space::name).toList();
  }

  @Test
  void patternsIncludeAndExclude() {
    assertThat(open(List.of(), List.of())).hasSize(9);
    assertThat(open(List.of("layer1.*"), List.of()))
        .hasSize(3)
        .allMatch(name -> name.startsWith("layer1"));
    assertThat(open(List.of("layer?.0.*", "layer1*"), List.of("layer1.0.*")))
        .containsExactly("layer1.1.conv1", "layer1.2.conv1", "layer2.0.conv1", "layer3.0.conv1");
    assertThat(open(List.of(), List.of("layer1.0.conv1"))).hasSize(8);
  }

  @Test
  void aPatternThatMatchesNothingIsNamed() {
    assertThatThrownBy(() -> open(List.of("layer1.*", "stem*"), List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(
            "setting 'include' 'stem*' matches no", "layer1.0.conv1", "and 1 more")
        .hasMessageNotContaining("\n");
    // Dots and brackets are no wildcards.
    assertThatThrownBy(() -> open(List.of(), List.of("layer1.0.conv[1]")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("setting 'exclude' 'layer1.0.conv[1]'");
    assertThatThrownBy(() -> open(List.of(), List.of("*")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no channel space is left");
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 4", "0, 5, 8", "3, 1, 3", "5, 7, 10", "7, 16, 16", "1, 100, 16"})
  void noRankIsSmallerThanTheMinimum(int multiple, int minimum, int smallest) {
    Space space = SPACES.compressible().get(0);
    RankGrid grid = new RankGrid(multiple, minimum);

    assertThat(space.width()).isEqualTo(16);
    assertThat(grid.smallest(space)).isEqualTo(smallest);
    assertThat(grid.nearest(space, 0)).isEqualTo(smallest);
    assertThat(grid.ranks(space))
        .startsWith(smallest)
        .endsWith(16)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void uniformRanksKeepABudgetOnParameters() {
    Budget budget = Budget.parameters(new CostModel(SPACES), 0.5);
    RankOptions options = new RankOptions(RankGrid.DEFAULT, List.of(), List.of("layer1.0.conv1"));

    Ranks ranks = UniformRanks.allocate(SPACES, options, budget);

    assertThat(budget.cost().of(ranks::of) / budget.limit()).isBetween(0.9, 1.0);
    assertThat(ranks.bySpace()).doesNotContainKey("layer1.0.conv1");
  }
}
