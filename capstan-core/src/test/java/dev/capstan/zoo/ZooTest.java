package dev.capstan.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.graph.op.BatchNormalization;
import dev.capstan.testing.OrtOracle;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZooTest {
  /**
   * Those of PyTorch modules written apart from this code, counted by hooks; torchvision publishes
   * the same for its five.
   */
  @ParameterizedTest
  @CsvSource({
    "resnet8, 12239488, 75290",
    "resnet20, 40551040, 269722",
    "resnet32, 68862592, 464154",
    "resnet44, 97174144, 658586",
    "resnet56, 125485696, 853018",
    "resnet110, 252887680, 1727962",
    "vgg16-bn-cifar, 313201664, 14728266",
    "resnet18, 1814073344, 11689512",
    "resnet34, 3663761408, 21797672",
    "resnet50, 4089184256, 25557032",
    "vgg16, 15470264320, 138357544",
    "vgg16-bn, 15470264320, 138365992"
  })
  void macsAndParametersAreThePublishedOnes(String name, long macs, long parameters) {
    Graph graph = Zoo.build(name, zeros(name));

    assertThat(macs(graph)).isEqualTo(macs);
    assertThat(learned(graph)).isEqualTo(parameters);
    assertThat(ShapeInference.of(graph).get("logits")).isEqualTo(graph.outputs().get(0).type());
  }

  @Test
  void thereIsATestOfEveryNetwork() {
    assertThat(Zoo.architectures())
        .containsExactly(
            "resnet8",
            "resnet20",
            "resnet32",
            "resnet44",
            "resnet56",
            "resnet110",
            "vgg16-bn-cifar",
            "resnet18",
            "resnet34",
            "resnet50",
            "vgg16",
            "vgg16-bn");
  }

  private static long macs(Graph graph) {
    Value input = graph.inputs().get(0);
    TensorType one = input.type().with(input.type().shape().with(0, Dim.of(1)));
    Graph single = graph.edit().inputs(List.of(new Value(input.name(), one))).build();
    Map<String, TensorType> types = ShapeInference.of(single);
    long macs = 0;
    for (Node node : single.nodes()) {
      Operands operands = ShapeInference.operands(single, types, node);
      macs += node.operator().macs(operands, List.of(types.get(node.output())));
    }
    return macs;
  }

  private static long learned(Graph graph) {
    return graph.constants().entrySet().stream()
        .filter(constant -> !constant.getKey().contains("running_"))
        .mapToLong(constant -> constant.getValue().elements())
        .sum();
  }

  /** Weights that share their bytes, so that even VGG-16 costs little. */
  private static Map<String, Constant> zeros(String name) {
    Architecture architecture = Zoo.architecture(name);
    List<Parameter> parameters =
        architecture.blueprint(name, architecture.defaultClasses()).parameters();
    long largest = parameters.stream().mapToLong(p -> p.shape().elements()).max().orElseThrow();
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(4 * largest));
    Map<String, Constant> zeros = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      Shape shape = parameter.shape();
      ByteBuffer part = bytes.slice(0, Math.toIntExact(4 * shape.elements()));
      zeros.put(parameter.name(), Constant.view(DataType.FLOAT32, shape.sizes(), part));
    }
    return zeros;
  }

  /** The whole of a small network, shortcuts of option A included, as text. */
  @Test
  void aSmallResNetIsWhatPyTorchWouldExport() {
    Graph graph = Zoo.randomCifarResNet(1, List.of(4, 8), 3, 1);

    assertThat(graph.nodes().stream().map(ZooTest::shortText))
        .containsExactly(
            "conv1 = Conv(input, conv1.weight)",
            "bn1 = BatchNormalization(conv1, bn1.*)",
            "relu = Relu(bn1)",
            "layer1.0.conv1 = Conv(relu, layer1.0.conv1.weight)",
            "layer1.0.bn1 = BatchNormalization(layer1.0.conv1, layer1.0.bn1.*)",
            "layer1.0.relu1 = Relu(layer1.0.bn1)",
            "layer1.0.conv2 = Conv(layer1.0.relu1, layer1.0.conv2.weight)",
            "layer1.0.bn2 = BatchNormalization(layer1.0.conv2, layer1.0.bn2.*)",
            "layer1.0.add = Add(layer1.0.bn2, relu)",
            "layer1.0.relu2 = Relu(layer1.0.add)",
            "layer2.0.conv1 = Conv(layer1.0.relu2, layer2.0.conv1.weight)",
            "layer2.0.bn1 = BatchNormalization(layer2.0.conv1, layer2.0.bn1.*)",
            "layer2.0.relu1 = Relu(layer2.0.bn1)",
            "layer2.0.conv2 = Conv(layer2.0.relu1, layer2.0.conv2.weight)",
            "layer2.0.bn2 = BatchNormalization(layer2.0.conv2, layer2.0.bn2.*)",
            "layer2.0.shortcut.slice = Slice(layer1.0.relu2)",
            "layer2.0.shortcut.pad = Pad(layer2.0.shortcut.slice)",
            "layer2.0.add = Add(layer2.0.bn2, layer2.0.shortcut.pad)",
            "layer2.0.relu2 = Relu(layer2.0.add)",
            "avgpool = GlobalAveragePool(layer2.0.relu2)",
            "flatten = Flatten(avgpool)",
            "logits = Gemm(flatten, linear.weight, linear.bias)");
    assertThat(graph.node("layer2.0.shortcut.slice").operator().toString())
        .contains("starts=[0, 0]", "axes=[2, 3]", "steps=[2, 2]");
    assertThat(graph.node("layer2.0.shortcut.pad").operator().toString())
        .contains("pads=[0, 2, 0, 0, 0, 2, 0, 0]");
    assertThat(graph.outputs().get(0).type().toString()).isEqualTo("[Nx3]");
  }

  private static String shortText(Node node) {
    List<String> inputs = node.inputs();
    String shown =
        node.operator() instanceof BatchNormalization
            ? inputs.get(0) + ", " + node.name() + ".*"
            : String.join(", ", inputs);
    return "%s = %s(%s)".formatted(node.output(), node.operator().type(), shown);
  }

  @Test
  void theStrideOfABottleneckIsInItsMiddle() {
    Graph graph = Zoo.build("resnet50", zeros("resnet50"));
    Map<String, TensorType> types = ShapeInference.of(graph);

    assertThat(types.get("layer2.0.relu1").toString()).isEqualTo("[Nx128x56x56]");
    assertThat(types.get("layer2.0.relu2").toString()).isEqualTo("[Nx128x28x28]");
    assertThat(types.get("layer2.0.downsample.1").toString()).isEqualTo("[Nx512x28x28]");
    assertThat(types.get("layer1.0.downsample.0").toString()).isEqualTo("[Nx256x56x56]");
  }

  @Test
  void vggFollowsTorchvisionsNumbering() {
    Graph graph = Zoo.build("vgg16-bn", zeros("vgg16-bn"));

    assertThat(graph.constants())
        .containsKeys("features.0.bias", "features.41.running_var", "classifier.6.weight");
    assertThat(ShapeInference.of(graph).get("features.43").toString()).isEqualTo("[Nx512x7x7]");
    assertThat(zeros("vgg16")).containsKeys("features.28.weight").doesNotContainKey("features.29");
  }

  @Test
  void theLastLayerTellsTheNumberOfClasses() {
    Map<String, Constant> weights = zeros("resnet8");
    weights.put("linear.weight", Constant.of(new float[7 * 64], 7, 64));
    weights.put("linear.bias", Constant.of(new float[7], 7));

    assertThat(Zoo.build("resnet8", weights).outputs().get(0).type().toString()).isEqualTo("[Nx7]");
  }

  @Test
  void weightsOfAnyFloatingTypeAreTaken() {
    Map<String, Constant> weights = zeros("resnet8");
    Constant half =
        Constant.view(DataType.FLOAT16, new long[] {16}, ByteBuffer.allocate(32))
            .withFloats(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 16);
    weights.put("bn1.weight", half);

    Constant taken = Zoo.build("resnet8", weights).constants().get("bn1.weight");

    assertThat(taken.type()).isEqualTo(DataType.FLOAT32);
    assertThat(taken.floats()).containsExactly(half.floats());
  }

  @Test
  void theCounterOfBatchNormIsIgnored() {
    Map<String, Constant> weights = zeros("resnet8");
    weights.put("bn1.num_batches_tracked", Constant.of(new long[] {5}));

    assertThat(Zoo.build("resnet8", weights).constants())
        .containsKey("bn1.weight")
        .doesNotContainKey("bn1.num_batches_tracked");
  }

  @Test
  void misfitsAreNamedWithTheirShapes() {
    Map<String, Constant> weights = zeros("resnet8");
    weights.remove("bn1.weight");
    weights.put("conv1.weight", Constant.of(new float[2], 2));
    weights.put("layer1.0.bn1.bias", Constant.of(new long[16], 16));
    weights.put("extra", Constant.of(new float[1], 1));

    assertThatThrownBy(() -> Zoo.build("resnet8", weights))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "the weights do not fit resnet8: 'conv1.weight': expected [16x3x3x3], found [2]; "
                + "'bn1.weight' [16] is missing; "
                + "'layer1.0.bn1.bias': expected [16], found int64[16]; "
                + "'extra' [1] is unknown");
  }

  @Test
  void manyMisfitsAreCounted() {
    assertThatThrownBy(() -> Zoo.build("resnet20", zeros("resnet32")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'layer1.3.conv1.weight' [16x16x3x3] is unknown")
        .hasMessageEndingWith("; and 55 more");
    assertThatThrownBy(() -> Zoo.build("vgg16", Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'features.0.weight' [64x3x3x3] is missing")
        .hasMessageEndingWith("; and 27 more");
  }

  @Test
  void anUnknownNetworkIsNamed() {
    assertThatThrownBy(() -> Zoo.random("resnet21", 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'resnet21'")
        .hasMessageContaining("resnet20, resnet32");
  }

  @Test
  void randomWeightsAreAFunctionOfTheSeed() {
    Map<String, Constant> first = Zoo.random("resnet20", 5).constants();
    Map<String, Constant> again = Zoo.random("resnet20", 5).constants();
    Map<String, Constant> other = Zoo.random("resnet20", 6).constants();

    first.forEach((name, tensor) -> assertThat(tensor.sameAs(again.get(name))).isTrue());
    first.forEach((name, tensor) -> assertThat(tensor.sameAs(other.get(name))).isFalse());
  }

  @Test
  void randomKernelsKeepTheVarianceAndBatchNormIsNoIdentity() {
    Map<String, Constant> weights = Zoo.random("resnet20", 5).constants();

    float[] kernel = weights.get("layer3.1.conv1.weight").floats();
    assertThat(meanSquare(kernel)).isCloseTo(2.0 / (64 * 9), withinPercentage(5));
    for (float variance : weights.get("bn1.running_var").floats()) {
      assertThat(variance).isBetween(0.5f, 1.5f).isNotEqualTo(1);
    }
    assertThat(meanSquare(weights.get("bn1.running_mean").floats())).isPositive();
  }

  /** However deep, neither does the signal explode nor do all images look alike. */
  @ParameterizedTest
  @ValueSource(strings = {"resnet8", "resnet110", "vgg16-bn-cifar"})
  void randomNetworksRunWithLogitsOfPlausibleSize(String name) {
    OrtOracle.Tensor images = OrtOracle.Tensor.random(2, 2, 3, 32, 32);

    OrtOracle.Tensor logits =
        OrtOracle.run(Zoo.random(name, 1), Map.of("input", images)).get("logits");

    assertThat(logits.shape()).containsExactly(2, 10);
    assertThat(Math.sqrt(meanSquare(logits.values()))).isBetween(0.1, 30.0);
    for (int i = 0; i < 10; i++) {
      assertThat(logits.values()[i]).isNotEqualTo(logits.values()[10 + i]);
    }
  }

  private static double meanSquare(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value * value;
    }
    return sum / values.length;
  }
}
