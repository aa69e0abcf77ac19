package dev.capstan.torch.internal.criteria;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.compress.Compression;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.testing.RandomBases;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.zoo.Zoo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every choice of bases, on a small residual network and drawn images. */
class BasisChoiceTest {
  private static final Graph TRAINED = Zoo.randomCifarResNet(1, List.of(8, 16), 10, 3);
  private static final Graph GRAPH = Rewriter.apply(TRAINED, new FoldBatchNorm());
  private static final ChannelSpaces SPACES = ChannelSpaces.of(GRAPH, Residual.KEEP);
  private static final Space SPACE = SPACES.compressible().get(0);
  private static final CalibrationRecipe RECIPE = new CalibrationRecipe(40, 16, 7);
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);
  private static final ImageSubset IMAGES =
      ImageSubset.all(
          new ImageStore(
              new ShapeImages(5, 48), new ImageIoDecoder(), Preprocessing.imageNet(32, 32)));

  private static Bases choose(Method method, Graph graph, CalibrationRecipe recipe) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    SPACES.compressible().forEach(space -> ranks.put(space.name(), space.width() / 2));
    CompressibleNetwork network = CompressibleNetwork.of(graph, graph, Residual.KEEP);
    RankAllocation allocation = new RankAllocation(network, new Ranks(ranks), 0);
    return new BasisChoice(allocation, IMAGES, recipe, EXECUTION, WorkListener.NONE).by(method);
  }

  @Test
  void criteriaAreFoundAsServices() {
    assertThat(Method.all())
        .extracting(Method::name)
        .containsExactly("cap", "pca", "l1", "l2", "fpgm", "taylor", "activation", "random");
    assertThat(Method.all().stream().map(Method::criterion).flatMap(Optional::stream))
        .extracting(Object::getClass)
        .containsExactly(
            FilterNorm.class,
            GroupNorm.class,
            GeometricMedian.class,
            FirstOrder.class,
            ActivationEnergy.class,
            RandomChoice.class);
  }

  @Test
  void anUnknownMethodIsRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> choose(new Method("l3"), GRAPH, RECIPE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'l3'")
        .hasMessageContaining("cap, pca, l1, l2, fpgm, taylor, activation, random");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pca", "l1", "l2", "fpgm", "taylor", "activation", "random"})
  void everySpaceGetsItsRankAndEqualSeedsGiveEqualBits(Method method) {
    Bases bases = choose(method, GRAPH, RECIPE);

    SPACES
        .compressible()
        .forEach(space -> assertThat(bases.rank(space)).isEqualTo(space.width() / 2));
    assertThat(choose(method, GRAPH, RECIPE)).isEqualTo(bases);
  }

  /** Channels in another order are the same channels. */
  @ParameterizedTest
  @ValueSource(strings = {"pca", "l1", "l2", "fpgm", "taylor", "activation"})
  void permutingChannelsPermutesTheChoice(Method method) {
    Bases order = RandomBases.permutation(SPACES, 11);
    Bases before = choose(method, GRAPH, RECIPE);
    Bases after = choose(method, Compression.apply(SPACES, order), RECIPE);

    for (Space space : SPACES.compressible()) {
      Matrix back = order.of(space).encode().transposedTimes(before.of(space).encode());
      Matrix overlap = back.transposedTimes(after.of(space).encode());
      double sum = 0;
      for (float cosine : overlap.values()) {
        sum += (double) cosine * cosine;
      }
      // r where both span the same, less elsewhere.
      assertThat(sum).as(space.name()).isCloseTo(space.width() / 2, within(1e-3));
    }
  }

  /** FPGM may keep a dead filter: it judges by distances alone. */
  @ParameterizedTest
  @ValueSource(strings = {"l1", "taylor", "activation"})
  void aDeadChannelIsNotKept(Method method) {
    for (int channel = 0; channel < SPACE.width(); channel++) {
      assertThat(kept(method, scaled(channel, 0))).doesNotContain(channel);
    }
  }

  /** The loss need not depend more on a louder channel, so Taylor is not asked. */
  @ParameterizedTest
  @ValueSource(strings = {"l1", "fpgm", "activation"})
  void aLoudChannelIsKept(Method method) {
    for (int channel = 0; channel < SPACE.width(); channel++) {
      assertThat(kept(method, scaled(channel, 10))).contains(channel);
    }
  }

  private static int[] kept(Method method, Graph graph) {
    return ((Basis.Selection) choose(method, graph, RECIPE).of(SPACE)).channels();
  }

  private static Graph scaled(int channel, float factor) {
    Graph weights = scaled(GRAPH, SPACE, 1, channel, factor);
    return scaled(weights, SPACE, 2, channel, factor);
  }

  /** A network with one channel of a space multiplied in one input of its producer. */
  private static Graph scaled(Graph graph, Space space, int input, int channel, float factor) {
    String name = graph.node(space.producers().get(0)).inputs().get(input);
    Constant constant = Objects.requireNonNull(graph.constant(name));
    float[] values = constant.floats();
    int inner = values.length / space.width();
    for (int i = channel * inner; i < (channel + 1) * inner; i++) {
      values[i] *= factor;
    }
    return graph.edit().constant(name, constant.withFloats(values, constant.sizes())).build();
  }

  @Test
  void whatNothingReadsIsNotKept() {
    String weights = GRAPH.node(SPACE.consumers().get(0)).inputs().get(1);
    Constant constant = Objects.requireNonNull(GRAPH.constant(weights));
    float[] values = constant.floats();
    int inner = constant.size(2) * constant.size(3);
    for (int i = 0; i < values.length; i++) {
      values[i] *= i / inner % SPACE.width() == 3 ? 0 : 1;
    }
    Graph unread =
        GRAPH.edit().constant(weights, constant.withFloats(values, constant.sizes())).build();

    assertThat(kept(new Method("taylor"), unread)).doesNotContain(3);
    assertThat(kept(Method.ACTIVATION, unread)).doesNotContain(3);
  }

  @Test
  void randomChoiceDependsOnTheSeed() {
    Method random = new Method("random");
    assertThat(choose(random, GRAPH, new CalibrationRecipe(40, 16, 8)))
        .isNotEqualTo(choose(random, GRAPH, RECIPE));
  }

  @Test
  void filtersAreThoseBeforeFolding() {
    Space last = SPACES.compressible().get(SPACES.compressible().size() - 1);
    Graph louder = scaled(TRAINED, last, 1, 2, 2);

    assertThat(norms(louder, last)[2]).isCloseTo(2 * norms(TRAINED, last)[2], within(1e-4));
  }

  private static double[] norms(Graph trained, Space space) {
    return new FilterNorm().scores(statistics(trained, WorkListener.NONE).of(space));
  }

  private static NetworkStatistics statistics(Graph trained, WorkListener listener) {
    RankAllocation allocation =
        new RankAllocation(
            CompressibleNetwork.of(GRAPH, trained, Residual.KEEP), new Ranks(Map.of()), 0);
    return new NetworkStatistics(allocation, IMAGES, RECIPE, EXECUTION, listener);
  }

  @Test
  void statisticsOfWeightsAloneLookAtNoImage() {
    List<String> passes = new ArrayList<>();
    WorkListener listener =
        new WorkListener() {
          @Override
          public void begin(String what, long steps) {
            passes.add(what);
          }
        };
    ChannelStatistics channels = statistics(TRAINED, listener).of(SPACE);

    double[] unseen = channels.readerEnergies();
    assertThat(passes).isEmpty();
    channels.activationEnergies();
    assertThat(passes).containsExactly("calibrate");
    assertThat(channels.readerEnergies()).containsExactly(unseen);
  }

  @Test
  void learningIsNotABaseline() {
    assertThatThrownBy(() -> choose(Method.CAP, GRAPH, RECIPE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cap");
  }
}
