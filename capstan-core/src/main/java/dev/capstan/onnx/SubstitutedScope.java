package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The scope of a node where some values have other constants. */
record SubstitutedScope(NodeReader.Scope scope, Map<String, Constant> constants)
    implements NodeReader.Scope {
  @Override
  public long opset() {
    return scope.opset();
  }

  @Override
  public boolean isUsed(String value) {
    return scope.isUsed(value);
  }

  @Override
  public boolean isReadBy(String value, String type) {
    return scope.isReadBy(value, type);
  }

  @Override
  public @Nullable Constant constant(String value) {
    return constants.containsKey(value) ? constants.get(value) : scope.constant(value);
  }

  @Override
  public Constant constant(TensorProto tensor) {
    return scope.constant(tensor);
  }

  @Override
  public Shape shape(String value) {
    Constant constant = constants.get(value);
    return constant == null ? scope.shape(value) : constant.shape();
  }

  @Override
  public @Nullable List<Long> target(String value, String input) {
    return null;
  }

  @Override
  public boolean isShape(String value, String of) {
    return false;
  }

  @Override
  public NodeReader.@Nullable Sizes sizes(String value, String input) {
    return null;
  }
}
