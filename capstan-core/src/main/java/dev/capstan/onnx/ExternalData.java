package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.InputFile;
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
 * <p>Each tensor's range is mapped by itself, so that the file may be of any size. A model must not
 * make us read whatever it names: a data file is a regular one whose real path lies below the
 * model's folder as it was named, or below that of the model's own real path, since the caches of
 * downloads link from a folder of names to one of contents.
 */
final class ExternalData {
  /** Of one data file: a file of holes costs who made it nothing, and each of its bytes is read. */
  static final long MAX_BYTES = 64L << 30;

  /** A file from this size on has to be that of the tensors that lie in it: all of it is hashed. */
  static final long LARGE_BYTES = 1L << 30;

  /** Of a large file, for each element that lies in it: files are shared, but by a few. */
  static final int MAX_BYTES_AN_ELEMENT = 64;

  private final Path model;
  private final Map<Path, Long> sizes = new HashMap<>();

  /** Data of a model file, which is there. */
  ExternalData(Path model) {
    this.model = model;
  }

  /** Whether a tensor's bytes lie in another file. */
  static boolean holds(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  /** The tensor's bytes, mapped. */
  ByteBuffer read(TensorProto tensor) {
    Map<String, String> entries = entries(tensor);
    Path file = resolve(location(entries));
    try (FileChannel channel = InputFile.open(file)) {
      sizes.put(file, channel.size());
      long offset = number(entries, "offset", 0);
      long length = number(entries, "length", channel.size() - offset);
      if (offset < 0 || length < 0 || offset > channel.size() - length) {
        throw new InvalidInputException(
            "expected %s at %d of '%s', which has %d bytes"
                .formatted(
                    entries.containsKey("length") ? length + " bytes" : "a tensor",
                    offset,
                    file,
                    channel.size()));
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

  /** Size of the files that were read from. */
  long bytes() {
    return sizes.values().stream().mapToLong(size -> size).sum();
  }

  private static Map<String, String> entries(TensorProto tensor) {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      if (entries.put(entry.getKey(), entry.getValue()) != null) {
        throw new InvalidInputException(
            "expected one '%s' of external data, found several".formatted(entry.getKey()));
      }
    }
    return entries;
  }

  private static String location(Map<String, String> entries) {
    return entries.getOrDefault("location", "");
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

  /** Where a tensor's file lies, as the model says it. */
  static String location(TensorProto tensor) {
    return location(entries(tensor));
  }

  /**
   * The file that a location means.
   *
   * @throws InvalidInputException if it is none that a model may refer to
   */
  Path resolve(String location) {
    try {
      Path within = Path.of(location).normalize();
      if (location.isEmpty() || within.isAbsolute() || within.startsWith("..")) {
        throw leaves(location);
      }
      Path named = model.toAbsolutePath().resolveSibling("");
      Path real = model.toRealPath().resolveSibling("");
      Path beside = named.resolve(within);
      Path file = InputFile.flaw(beside) == null ? beside : real.resolve(within);
      String flaw = InputFile.flaw(file);
      if (flaw != null) {
        throw new InvalidInputException("external data '%s': %s".formatted(beside, flaw));
      }
      Path target = file.toRealPath();
      if (!target.startsWith(named.toRealPath()) && !target.startsWith(real)) {
        throw leaves(location);
      }
      if (Files.size(target) > MAX_BYTES) {
        throw new InvalidInputException(
            "external data '%s': expected at most %d GiB, found %d"
                .formatted(beside, MAX_BYTES >> 30, Files.size(target) >> 30));
      }
      return file;
    } catch (InvalidPathException e) {
      throw leaves(location);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read external data '" + location + "': " + e, e);
    }
  }

  /**
   * The file that a location means, and that has a size which its use explains.
   *
   * @param elements of all tensors that lie in it
   * @throws InvalidInputException if it is none that a model may refer to
   */
  Path resolve(String location, double elements) {
    Path file = resolve(location);
    try {
      long size = Files.size(file);
      if (size > Math.max(LARGE_BYTES, MAX_BYTES_AN_ELEMENT * elements)) {
        throw new InvalidInputException(
            "external data '%s': expected little more than the %.0f elements that lie in it, found %.1f GB"
                .formatted(file, elements, size * 1e-9));
      }
      return file;
    } catch (IOException e) {
      throw new InvalidInputException("cannot read external data '" + location + "': " + e, e);
    }
  }

  private static InvalidInputException leaves(String location) {
    return new InvalidInputException(
        "external data must lie in the model's folder, found location '" + location + "'");
  }
}
