/** Benchmarks and trials, not shipped: they look inside what they measure. */
module dev.capstan.bench {
  requires com.google.protobuf;
  requires dev.capstan;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.pytorch;
  requires org.slf4j;
  requires org.tribuo.util.onnx;
  requires tools.jackson.databind;
}
