package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.graph.Constant;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/** Puts tensors one after the other into a file beside the model. */
final class ExternalTensors implements TensorWriter {
  /** Small ones stay in the model, where shape inference of other tools looks for them. */
  private static final int INLINE_BYTES = 1024;

  /** Pages of any system start at a multiple of this, so that ranges can be mapped. */
  private static final int ALIGNMENT = 1 << 16;

  private final String location;
  private final List<Constant> constants = new ArrayList<>();
  private long end;

  ExternalTensors(String location) {
    this.location = location;
  }

  @Override
  public TensorProto write(String name, Constant constant) {
    int length = constant.bytes().remaining();
    if (length < INLINE_BYTES) {
      return TensorWriter.inline(name, constant);
    }
    long offset = aligned(end);
    end = offset + length;
    constants.add(constant);
    return TensorWriter.header(name, constant)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(ModelMetadata.entry("location", location))
        .addExternalData(ModelMetadata.entry("offset", Long.toString(offset)))
        .addExternalData(ModelMetadata.entry("length", Integer.toString(length)))
        .build();
  }

  private static long aligned(long position) {
    return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Writes the bytes of all tensors that are not in the model. */
  void writeTo(OutputStream stream) throws IOException {
    WritableByteChannel channel = Channels.newChannel(stream);
    long position = 0;
    for (Constant constant : constants) {
      stream.write(new byte[(int) (aligned(position) - position)]);
      position = aligned(position) + channel.write(constant.bytes());
    }
  }
}
