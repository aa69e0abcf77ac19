package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A model file as a parsed message, whose tensors are views of the mapped file. */
final class ModelFile {
  private ModelFile() {}

  static ModelProto read(Path file) {
    ModelProto model = parse(map(file));
    check(model);
    return model;
  }

  private static ByteBuffer map(Path file) {
    String flaw = InputFile.flaw(file);
    if (flaw != null) {
      throw new InvalidInputException(flaw);
    }
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() == 0) {
        throw new InvalidInputException("the file is empty");
      }
      checkSize(channel.size());
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException e) {
      throw new InvalidInputException("cannot be read: " + e, e);
    }
  }

  /** Fails for a size that no model in one message has. */
  static void checkSize(long bytes) {
    if (bytes > Integer.MAX_VALUE) {
      throw new InvalidInputException(
          "a file of %d bytes is too large: over 2 GiB, tensors must be saved as external data"
              .formatted(bytes));
    }
  }

  private static ModelProto parse(ByteBuffer bytes) {
    try {
      MessageCount.check(input(bytes), ModelProto.getDescriptor());
      return ModelProto.parseFrom(input(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          "the file is no ONNX model or was cut short; export or copy it again", e);
    } catch (IOException e) {
      throw new InvalidInputException("cannot be read: " + e, e);
    }
  }

  private static CodedInputStream input(ByteBuffer bytes) {
    CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
    // Tensors stay where they are mapped: nothing is copied.
    input.enableAliasing(true);
    input.setSizeLimit(Integer.MAX_VALUE);
    return input;
  }

  /** Protobuf takes much for a message; this tells a whole ONNX model from the rest. */
  private static void check(ModelProto model) {
    require(model.hasIrVersion() && model.hasGraph(), "no graph");
    require(model.getGraph().getNodeCount() > 0, "no nodes");
    require(model.getGraph().getOutputCount() > 0, "no outputs");
    require(
        model.getOpsetImportList().stream().anyMatch(o -> NodeParser.isStandard(o.getDomain())),
        "no standard operator set");
  }

  private static void require(boolean holds, String lack) {
    if (!holds) {
      throw new InvalidInputException(
          "the file holds %s: it is no ONNX model or was cut short; export or copy it again"
              .formatted(lack));
    }
  }
}
