package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tensors that lie in files of their own beside the model, as those over 2 GiB must.
 *
 * <p>Each tensor's range is mapped by itself, so that the file may be of any size.
 */
final class ExternalData {
  private final Path folder;

  /** Data of a model in this folder. */
  ExternalData(Path folder) {
    this.folder = folder;
  }

  /** The tensor's bytes, mapped. */
  ByteBuffer read(TensorProto tensor) {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      entries.put(entry.getKey(), entry.getValue());
    }
    Path file = resolve(entries.getOrDefault("location", ""));
    try (FileChannel channel = FileChannel.open(file)) {
      long offset = number(entries, "offset", 0);
      long length = number(entries, "length", channel.size() - offset);
      if (offset < 0 || length < 0 || offset > channel.size() - length) {
        throw new InvalidInputException(
            "expected bytes %d to %d of '%s', which has %d"
                .formatted(offset, offset + length, file, channel.size()));
      }
      if (length > Integer.MAX_VALUE) {
        throw new InvalidInputException(
            "a single tensor of %d bytes is not supported, at most 2 GiB".formatted(length));
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read external data '" + file + "': " + e, e);
    }
  }

  private static long number(Map<String, String> entries, String key, long otherwise) {
    @Nullable String text = entries.get(key);
    try {
      return text == null ? otherwise : Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "expected a number as %s of external data, found '%s'".formatted(key, text), e);
    }
  }

  /** The file meant; a model must not make us read files outside its own folder. */
  private Path resolve(String location) {
    try {
      Path file = folder.resolve(location).normalize();
      if (location.isEmpty() || !file.startsWith(folder.normalize())) {
        throw leaves(location);
      }
      if (!Files.isRegularFile(file)) {
        throw new InvalidInputException("external data file '" + file + "' is missing");
      }
      if (!file.toRealPath().startsWith(folder.toRealPath())) {
        throw leaves(location);
      }
      return file;
    } catch (IOException | InvalidPathException e) {
      throw new InvalidInputException("cannot read external data '" + location + "': " + e, e);
    }
  }

  private static InvalidInputException leaves(String location) {
    return new InvalidInputException(
        "external data must lie in the model's folder, found location '" + location + "'");
  }
}
