package dev.capstan.cost;

import java.util.Map;
import java.util.Set;

/**
 * Operators, by domain, that multiply by no weights, so that they count nothing as elsewhere:
 * pointwise functions, pooling, interpolation, normalisation, Fourier transforms, what chooses and
 * rearranges. Whatever is in neither list is not known.
 */
final class FreeOperators {
  private static final Map<String, Set<String>> NAMES =
      Map.of(
          "",
          names(
              """
              Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool
              BatchNormalization Bernoulli BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr
              BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip Col2Im Compress
              Concat ConcatFromSequence Constant ConstantOfShape Cos Cosh CumProd CumSum DFT
              DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear Elu Equal Erf Exp
              Expand EyeLike Flatten Floor Gather GatherElements GatherND Gelu GlobalAveragePool
              GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization
              HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity If ImageDecoder
              InstanceNormalization IsInf IsNaN LRN LayerNormalization LeakyRelu Less LessOrEqual
              Log LogSoftmax Loop LpNormalization LpPool Max MaxPool MaxRoiPool MaxUnpool Mean
              MeanVarianceNormalization Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss
              NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or
              PRelu Pad Pow QuantizeLinear RMSNormalization RandomNormal RandomNormalLike
              RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum
              ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare
              RegexFullMatch Relu Reshape Resize ReverseSequence RoiAlign RotaryEmbedding Round STFT
              Scan Scatter ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty
              SequenceErase SequenceInsert SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin
              Sinh Size Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split
              SplitToSequence Sqrt Squeeze StringConcat StringNormalizer StringSplit Sub Sum Swish
              Tan Tanh TensorScatter TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu
              Unique Unsqueeze Upsample Where Xor
              """),
          "com.microsoft",
          names(
              """
              BiasGelu BiasSoftmax CropAndResize DequantizeLinear FastGelu Gelu GridSample
              NhwcMaxPool QLinearAdd QLinearAveragePool QLinearConcat QLinearGlobalAveragePool
              QLinearLeakyRelu QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax
              QuantizeLinear QuickGelu SimplifiedLayerNormalization SkipLayerNormalization
              SkipSimplifiedLayerNormalization Trilu
              """),
          "com.microsoft.nchwc",
          names("AveragePool GlobalAveragePool GlobalMaxPool MaxPool ReorderInput ReorderOutput"));

  private FreeOperators() {}

  private static Set<String> names(String list) {
    return Set.of(list.trim().split("\\s+"));
  }

  static boolean has(String domain, String type) {
    return NAMES.getOrDefault(domain, Set.of()).contains(type);
  }
}
