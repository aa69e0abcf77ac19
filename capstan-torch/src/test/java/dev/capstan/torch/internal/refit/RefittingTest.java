package dev.capstan.torch.internal.refit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.capstan.compress.CompressedNetwork;
import dev.capstan.compress.Compression;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.GlobalAveragePool;
import dev.capstan.graph.op.Relu;
import dev.capstan.image.Preprocessing;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.WorkListener.Figure;
import dev.capstan.recipe.stage.RefitRecipe;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.testing.Layers;
import dev.capstan.testing.Layers.Feature;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.RandomBases;
import dev.capstan.testing.RandomGraphs;
import dev.capstan.testing.Siamese;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.tensor.Precision;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.zoo.Zoo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The refit of whole networks, on drawn images. */
class RefittingTest {
  private static final int IMAGES = 24;
  private static final long PLENTY = 1L << 30;
  private static final Execution EXECUTION = new Execution(Precision.FP32, 1);
  private static final ImageSubset ALL = images(32);
  private static final Graph RESNET =
      Rewriter.apply(Zoo.randomCifarResNet(1, List.of(8, 16), 10, 3), new FoldBatchNorm());

  private final Layers net = new Layers("net", 1, Dim.open("N"), 3, 32);
  private final Notes notes = new Notes();

  private static ImageSubset images(int side) {
    return ImageSubset.all(
        new ImageStore(
            new ShapeImages(5, IMAGES), new ImageIoDecoder(), Preprocessing.imageNet(side, side)));
  }

  private Graph refit(ChannelSpaces spaces, Bases bases, RefitRecipe recipe) {
    return refit(CompressedNetwork.of(spaces, bases), recipe, PLENTY);
  }

  private Graph refit(CompressedNetwork network, RefitRecipe recipe, long budget) {
    return new Refitting(network, Summation.alone(EXECUTION, notes), budget).run(ALL, recipe);
  }

  private static RefitRecipe recipe(int batch, double ridge) {
    return new RefitRecipe(IMAGES, batch, ridge, 3);
  }

  private static float[] outputs(Graph graph) {
    return outputs(graph, OrtOracle.Tensor.random(9, 4, 3, 32, 32));
  }

  private static float[] outputs(Graph graph, OrtOracle.Tensor input) {
    try (PointerScope scope = new PointerScope();
        Program program = new Program(graph, EXECUTION)) {
      Tensor images = Tensors.of(input.values(), input.shape());
      try (Tensor output = program.run(images)[0]) {
        return Tensors.floats(output);
      }
    }
  }

  private static double distance(Graph a, Graph b) {
    float[] left = outputs(a);
    float[] right = outputs(b);
    return Math.sqrt(
        IntStream.range(0, left.length).mapToDouble(i -> Math.pow(left[i] - right[i], 2)).sum());
  }

  private static Bases halved(ChannelSpaces spaces) {
    return RandomBases.ofRanks(spaces, space -> space.width() / 2, 4);
  }

  @ParameterizedTest
  @EnumSource
  void aNetworkThatIsRightStaysAsItIs(Residual residual) {
    ChannelSpaces spaces = ChannelSpaces.of(RESNET, residual);
    Bases permuted = RandomBases.permutation(spaces, 2);

    assertThat(distance(RESNET, refit(spaces, permuted, recipe(8, 1e-3)))).isLessThan(1e-5);
    assertThat(notes.errors).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void outputsComeNearerAndNoLayerBecomesWorse(Residual residual) {
    ChannelSpaces spaces = ChannelSpaces.of(RESNET, residual);
    Bases bases = halved(spaces);
    Graph compressed = Compression.apply(spaces, bases);
    Graph refitted = refit(spaces, bases, recipe(8, 1e-3));

    assertThat(distance(RESNET, refitted)).isLessThan(0.7 * distance(RESNET, compressed));
    assertThat(notes.errors).allSatisfy(pair -> assertThat(pair[1]).isLessThanOrEqualTo(pair[0]));
  }

  @Test
  void theCutIntoBatchesDoesNotMatter() {
    ChannelSpaces spaces = ChannelSpaces.of(RESNET, Residual.KEEP);
    Bases bases = halved(spaces);

    Graph inOne = refit(spaces, bases, recipe(IMAGES, 1e-3));
    Graph inMany = refit(spaces, bases, recipe(5, 1e-3));
    assertThat(outputs(inMany)).containsExactly(outputs(inOne), within(1e-4f));
  }

  /** Channels 2 and 3 are copies of 0 and 1: what reads the four can be told by two. */
  private Graph duplicated() {
    Feature x = net.apply(new Relu(), net.conv(net.input(), 4, 3, 1));
    Feature y = net.apply(new Relu(), net.conv(x, 5, 3, 2, 1, false));
    Graph graph = net.outputs(net.gemm(net.flatten(net.apply(new GlobalAveragePool(), y, 1)), 3));
    return graph
        .edit()
        .constant("conv0.w", twice(graph, "conv0.w"))
        .constant("conv0.b", twice(graph, "conv0.b"))
        .build();
  }

  private static Constant twice(Graph graph, String name) {
    Constant constant = graph.constants().get(name);
    float[] values = constant.floats();
    System.arraycopy(values, 0, values, values.length / 2, values.length / 2);
    return constant.withFloats(values, constant.sizes());
  }

  @Test
  void whatCanBeToldExactlyIsRecovered() {
    Graph graph = duplicated();
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    Bases bases = new Bases(Map.of("conv0", Basis.selection(4, 0, 1)));
    Graph refitted = refit(spaces, bases, recipe(8, 1e-9));

    assertThat(distance(graph, Compression.apply(spaces, bases))).isGreaterThan(0.05);
    assertThat(distance(graph, refitted)).isLessThan(1e-3);
  }

  @Test
  void aBiasIsAddedWhereThereWasNone() {
    Graph graph = duplicated();
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    Bases bases = new Bases(Map.of("conv0", Basis.selection(4, 0)));

    assertThat(graph.node("conv2").hasInput(2)).isFalse();
    assertThat(refit(spaces, bases, recipe(8, 1e-3)).node("conv2").hasInput(2)).isTrue();
  }

  /** Both uses of a kernel make equations: twice the same ones have the same solution. */
  @Test
  void aSharedKernelIsSolvedForOnceWithTheSumsOfItsUses() {
    Graph twice = Siamese.twice(RESNET);
    ChannelSpaces spaces = ChannelSpaces.of(RESNET, Residual.PROJECT);
    ChannelSpaces shared = ChannelSpaces.of(twice, Residual.PROJECT);
    Bases bases = halved(spaces);

    Graph one = refit(spaces, bases, recipe(8, 1e-3));
    int solved = notes.errors.size();
    Graph both = refit(shared, bases, recipe(8, 1e-3));

    assertThat(notes.errors).hasSize(2 * solved);
    assertThat(both.constants().keySet()).isEqualTo(one.constants().keySet());
    assertThat(both.nodes()).hasSize(2 * one.nodes().size() + 1);
    one.constants()
        .forEach(
            (name, constant) ->
                assertThat(both.constants().get(name).floats())
                    .as(name)
                    .containsExactly(constant.floats(), within(2e-3f)));
  }

  /** All channels give 0, so that nothing but the bias is determined. */
  @Test
  void singularSystemsKeepTheWeights() {
    Graph graph = duplicated();
    Constant bias = Constant.of(new float[] {-99, -99, -99, -99}, 4);
    Graph dead = graph.edit().constant("conv0.b", bias).build();
    ChannelSpaces spaces = ChannelSpaces.of(dead, Residual.KEEP);
    Bases bases = new Bases(Map.of("conv0", Basis.selection(4, 0, 1)));

    assertThat(distance(dead, refit(spaces, bases, recipe(8, 0)))).isLessThan(1e-5);
  }

  /**
   * A depthwise layer that no activation reads, never solved for, shifts the stream: what is added
   * to it takes that back.
   */
  @Test
  void aSumMakesUpForItsStream() {
    Feature stream = net.depthwise(net.conv(net.input(), 4, 3, 1), 3, 1);
    Feature sum = net.apply(new Relu(), net.add(net.conv(stream, 4, 1, 1), stream));
    Graph graph = net.outputs(net.apply(new GlobalAveragePool(), sum, 1));
    Constant bias = graph.constants().get("conv1.b");
    float[] shifted = bias.floats();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] += 0.5f;
    }
    Graph drifted = graph.edit().constant("conv1.b", Constant.of(shifted, 4)).build();
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    Graph refitted =
        refit(new CompressedNetwork(spaces, Bases.NONE, drifted), recipe(8, 1e-9), PLENTY);

    assertThat(distance(graph, drifted)).isGreaterThan(0.5);
    assertThat(distance(graph, refitted)).isLessThan(1e-3);
  }

  /**
   * A depthwise layer before an activation, behind one whose weights were halved: each channel has
   * the mean and variance that the original gives it.
   */
  @Test
  void whatActivationsReadHasTheMeanAndVarianceOfTheOriginals() {
    Feature wide = net.apply(new Relu(), net.conv(net.input(), 8, 3, 1));
    Feature deep = net.depthwise(wide, 3, 1);
    Feature last = net.conv(net.apply(new Relu(), deep), 4, 1, 1);
    Graph graph = net.outputs(net.apply(new GlobalAveragePool(), last, 1));
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.KEEP);
    Graph drifted = graph.edit().constant("conv0.w", halved(graph, "conv0.w")).build();
    Graph refitted =
        refit(new CompressedNetwork(spaces, Bases.NONE, drifted), recipe(8, 1e-3), PLENTY);

    double[][] wanted = moments(graph, deep.name());
    double[][] found = moments(refitted, deep.name());
    assertThat(moments(drifted, deep.name())[1][0]).isLessThan(0.5 * wanted[1][0]);
    for (int row = 0; row < 2; row++) {
      assertThat(found[row]).containsExactly(wanted[row], within(1e-4));
    }
  }

  private static Constant halved(Graph graph, String name) {
    Constant constant = graph.constants().get(name);
    float[] values = constant.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] /= 2;
    }
    return constant.withFloats(values, constant.sizes());
  }

  /** Mean and variance of each channel of a value over all images and places. */
  private static double[][] moments(Graph graph, String name) {
    Value value = new Value(name, ShapeInference.of(graph).get(name));
    Graph cut = graph.edit().outputs(List.of(value)).build();
    try (PointerScope scope = new PointerScope();
        Program program = new Program(cut, EXECUTION);
        Batches batches = ALL.batches(IMAGES, 1)) {
      Tensor rows =
          new PositionSampler(1, 0)
              .rows(program.run(Tensors.of(batches.next()))[0])
              .to(ScalarType.Double);
      Tensor mean = rows.mean(0);
      Tensor variance = rows.square().mean(0).sub(mean.square());
      return new double[][] {Tensors.doubles(mean), Tensors.doubles(variance)};
    }
  }

  @Test
  void wherePixelsFindNoRoomFewerImagesAreUsedAndSaid() {
    ChannelSpaces spaces = ChannelSpaces.of(RESNET, Residual.KEEP);
    CompressedNetwork compressed = CompressedNetwork.of(spaces, halved(spaces));
    Graph refitted = refit(compressed, recipe(4, 1e-3), 1 << 20);

    assertThat(notes.lines).singleElement().asString().contains("of 24 images");
    assertThat(distance(RESNET, refitted)).isLessThan(distance(RESNET, compressed.graph()));
  }

  /** Of one image's activations a whole batch of them has no room. */
  @Test
  void aBatchIsNoLargerThanMemory() {
    ChannelSpaces spaces = ChannelSpaces.of(RESNET, Residual.KEEP);
    CompressedNetwork compressed = CompressedNetwork.of(spaces, halved(spaces));

    Graph one = refit(compressed, recipe(1, 1e-3), 1 << 18);
    Graph many = refit(compressed, recipe(IMAGES, 1e-3), 1 << 18);

    assertThat(outputs(many)).containsExactly(outputs(one));
  }

  @Test
  void aLayerWhoseEquationsHaveNoRoomKeepsItsWeights() {
    ChannelSpaces spaces = ChannelSpaces.of(RESNET, Residual.KEEP);
    CompressedNetwork compressed = CompressedNetwork.of(spaces, halved(spaces));

    Graph refitted = refit(compressed, recipe(1, 1e-3), 1 << 10);

    assertThat(refitted.constants()).isEqualTo(compressed.graph().constants());
    assertThat(notes.lines).isNotEmpty().allMatch(line -> line.contains("keeps its weights"));
  }

  /** Whatever operators stand between: nothing fails, and what comes out are numbers. */
  @Test
  void anyNetworkCanBeRefitted() {
    long refitted = RandomGraphs.seeds().filter(this::refitsRandom).count();
    assertThat(refitted).isGreaterThan(10);
  }

  private boolean refitsRandom(long seed) {
    Graph graph = Rewriter.apply(RandomGraphs.of(seed), new FoldBatchNorm());
    Shape input = graph.inputs().get(0).type().shape();
    if (input.size(0) > 0 || input.size(1) != 3) {
      return false;
    }
    int side = Math.toIntExact(input.size(2));
    ChannelSpaces spaces = ChannelSpaces.of(graph, Residual.PROJECT);
    Bases bases = RandomBases.orthonormal(spaces, seed);
    Graph refitted =
        new Refitting(
                CompressedNetwork.of(spaces, bases), Summation.alone(EXECUTION, WorkListener.NONE))
            .run(images(side), recipe(7, 1e-3));
    Map<String, OrtOracle.Tensor> inputs = RandomGraphs.inputs(graph, seed);
    assertThat(outputs(refitted, inputs.values().iterator().next()))
        .as("seed " + seed)
        .doesNotContain(Float.NaN);
    return true;
  }

  /** What a run says. */
  private static final class Notes implements WorkListener {
    final List<double[]> errors = new ArrayList<>();
    final List<String> lines = new ArrayList<>();

    @Override
    public void advance(long done, List<Figure> figures) {
      assertThat(figures).extracting(Figure::name).containsExactly("error before", "after");
      errors.add(figures.stream().mapToDouble(Figure::value).toArray());
    }

    @Override
    public void note(String line) {
      lines.add(line);
    }
  }
}
