package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;

/** A graph's inputs and outputs, with the names that dynamic extents have. */
final class ValueTypes {
  private ValueTypes() {}

  /** Whether the file says what shape the value has. */
  static boolean hasShape(ValueInfoProto value) {
    return value.getType().getTensorType().hasShape();
  }

  static Value read(ValueInfoProto value) {
    if (!hasShape(value)) {
      throw new UnsupportedException(
          "graph input '%s' is no tensor with a shape; export the model with shapes"
              .formatted(value.getName()));
    }
    try {
      return new Value(value.getName(), type(value), value.getDocString());
    } catch (UnsupportedException e) {
      throw new UnsupportedException("value '" + value.getName() + "': " + e.getMessage());
    }
  }

  private static TensorType type(ValueInfoProto value) {
    TypeProto.Tensor tensor = value.getType().getTensorType();
    Shape shape = new Shape(tensor.getShape().getDimList().stream().map(ValueTypes::read).toList());
    return new TensorType(ElementTypes.fromOnnx(tensor.getElemType()), shape);
  }

  /** Some exporters write -1 where they mean an open extent. */
  private static Dim read(TensorShapeProto.Dimension dim) {
    return dim.hasDimValue() && dim.getDimValue() >= 0
        ? Dim.of(dim.getDimValue())
        : Dim.open(dim.getDimParam());
  }

  static ValueInfoProto write(Value value) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    value.type().shape().dims().forEach(dim -> shape.addDim(write(dim)));
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(ElementTypes.toOnnx(value.type().type()))
            .setShape(shape);
    ValueInfoProto.Builder proto = ValueInfoProto.newBuilder().setName(value.name());
    if (!value.doc().isEmpty()) {
      proto.setDocString(value.doc());
    }
    return proto.setType(TypeProto.newBuilder().setTensorType(tensor)).build();
  }

  private static TensorShapeProto.Dimension write(Dim dim) {
    TensorShapeProto.Dimension.Builder proto = TensorShapeProto.Dimension.newBuilder();
    if (dim.isKnown()) {
      proto.setDimValue(dim.size());
    } else if (!dim.symbol().isEmpty()) {
      proto.setDimParam(dim.toString());
    }
    return proto.build();
  }
}
