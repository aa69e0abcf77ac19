package dev.capstan.weights;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file of a network's weights, in whichever of the known formats. */
public final class WeightFile {
  /** What torch.nn.DataParallel puts before every name. */
  private static final String WRAPPER = "module.";

  private static final int ZIP_MAGIC = 0x04034b50;
  private static final byte PICKLE_PROTOCOL = (byte) 0x80;

  private WeightFile() {}

  /**
   * Reads safetensors or a PyTorch checkpoint (zip, or legacy as before 1.6), as its content says.
   *
   * <p>Of a checkpoint only the tensors at its top level or under {@code state_dict}, {@code
   * model}, {@code model_state_dict} or {@code net} are taken. A leading {@code module.} is left
   * out of names. Tensors are views of the mapped file; those with strides of their own are copied.
   *
   * @return the tensors by name, in the file's order
   * @throws InvalidInputException if the file cannot be read, is in another format or corrupt, or
   *     would run code
   */
  public static Map<String, Constant> read(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      return unwrapped(file, tensors(file));
    } catch (IOException e) {
      throw new InvalidInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Map<String, Constant> tensors(MappedFile file) throws IOException {
    ByteBuffer start = file.range(0, Math.min(file.size(), 9)).order(ByteOrder.LITTLE_ENDIAN);
    if (start.remaining() >= 4 && start.getInt(0) == ZIP_MAGIC) {
      return ZipCheckpoint.read(file);
    }
    if (start.hasRemaining() && start.get(0) == PICKLE_PROTOCOL && !isSafetensors(start)) {
      return LegacyCheckpoint.read(file);
    }
    if (isSafetensors(start)) {
      return SafetensorsReader.read(file).tensors();
    }
    throw file.error("expected safetensors or a PyTorch checkpoint, found neither");
  }

  private static boolean isSafetensors(ByteBuffer start) {
    return start.remaining() == 9 && start.get(8) == '{';
  }

  private static Map<String, Constant> unwrapped(MappedFile file, Map<String, Constant> tensors) {
    Map<String, Constant> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          String bare = name.startsWith(WRAPPER) ? name.substring(WRAPPER.length()) : name;
          if (renamed.put(bare, tensor) != null) {
            throw file.error("tensor '%s' is there with and without '%s'".formatted(bare, WRAPPER));
          }
        });
    return Collections.unmodifiableMap(renamed);
  }
}
