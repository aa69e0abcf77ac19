/**
 * Graphs, files, channel spaces, ranks and images: all that needs no native code. What a user of
 * the library names stands in the packages that are exported to all.
 */
module dev.capstan.core {
  requires transitive org.jspecify;
  requires com.google.protobuf;
  requires java.desktop;
  requires org.apache.commons.compress;
  requires org.slf4j;
  requires org.tribuo.util.onnx;
  requires pickle;
  requires tools.jackson.databind;

  exports dev.capstan.dataset;
  exports dev.capstan.error;
  exports dev.capstan.image;
  exports dev.capstan.outputs;
  exports dev.capstan.rank;
  exports dev.capstan.compress to
      dev.capstan.torch,
      dev.capstan.ort,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.cost to
      dev.capstan.torch,
      dev.capstan.ort,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.data to
      dev.capstan.torch,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.data.format to
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.data.shapes to
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.distance to
      dev.capstan.torch,
      dev.capstan;
  exports dev.capstan.files to
      dev.capstan.torch,
      dev.capstan.ort,
      dev.capstan,
      dev.capstan.cli,
      dev.capstan.bench;
  exports dev.capstan.graph to
      dev.capstan.torch,
      dev.capstan.ort,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.graph.op to
      dev.capstan.torch,
      dev.capstan.ort,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.image.file to
      dev.capstan.torch;
  exports dev.capstan.onnx to
      dev.capstan.torch,
      dev.capstan.ort,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.outputs.judged to
      dev.capstan.torch,
      dev.capstan;
  exports dev.capstan.random to
      dev.capstan.torch;
  exports dev.capstan.rank.allocate to
      dev.capstan.torch,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.rewrite to
      dev.capstan.torch,
      dev.capstan.ort,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.space to
      dev.capstan.torch,
      dev.capstan.ort,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.text to
      dev.capstan.cli;
  exports dev.capstan.weights to
      dev.capstan.torch,
      dev.capstan,
      dev.capstan.bench;
  exports dev.capstan.zoo to
      dev.capstan,
      dev.capstan.bench;

  uses dev.capstan.dataset.DatasetFormat;
}
