/** Verifies and times models in ONNX Runtime. */
module dev.capstan.ort {
  requires transitive dev.capstan.core;
  requires com.microsoft.onnxruntime;
  requires java.management;
  requires org.slf4j;
  requires tools.jackson.databind;

  exports dev.capstan.ort.result;
  exports dev.capstan.latency to
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.ort to
      dev.capstan,
      dev.capstan.bench;

  provides dev.capstan.graph.ForeignRuntime with
      dev.capstan.ort.OrtForeignRuntime;
}
