package dev.capstan.compress;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Matrix;
import dev.capstan.space.Space;
import dev.capstan.weights.Safetensors;
import dev.capstan.weights.SafetensorsReader;
import dev.capstan.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Bases beside a result, as safetensors: with them and the original network anyone can rebuild the
 * compressed kernels, bit for bit ({@link Compression#apply} before refit and fine-tuning).
 *
 * <p>A space S of n channels has one of
 *
 * <ul>
 *   <li>{@code S.channels}, int64 of r elements: the channels a selection keeps;
 *   <li>{@code S.basis}, float32, n x r: E = D;
 *   <li>{@code S.encode} and {@code S.decode}, float32, n x r: E and D.
 * </ul>
 *
 * <p>The metadata says {@code format}, {@code formatVersion} and what the writer tells of where the
 * bases come from. Equal bases give equal bytes.
 */
public final class BasesFile {
  /** Metadata: SHA-256 of the model file the bases belong to, in hexadecimal. */
  public static final String SOURCE = "capstan.source.sha256";

  private static final String FORMAT = "capstan-bases";
  private static final String VERSION = "1";
  private static final String CHANNELS = ".channels";
  private static final String BASIS = ".basis";
  private static final String ENCODE = ".encode";
  private static final String DECODE = ".decode";

  private BasesFile() {}

  /**
   * Writes bases. The file is there complete or not at all.
   *
   * @param spaces the spaces they are of
   * @param provenance where they come from: {@link #SOURCE}, name and version of the tool, ...
   * @throws InvalidInputException if the file cannot be written
   */
  public static void write(
      Bases bases, ChannelSpaces spaces, Map<String, String> provenance, Path file) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("formatVersion", VERSION);
    // A caller's map may have no order of its own.
    metadata.putAll(new TreeMap<>(provenance));
    SafetensorsWriter.write(tensors(bases, spaces), metadata, file);
  }

  /** Bases as the tensors of a file. */
  public static Map<String, Constant> tensors(Bases bases, ChannelSpaces spaces) {
    Map<String, Constant> tensors = new LinkedHashMap<>();
    for (Space space : spaces.all()) {
      if (bases.contains(space.name())) {
        put(tensors, space.name(), bases.of(space));
      }
    }
    return tensors;
  }

  private static void put(Map<String, Constant> tensors, String space, Basis basis) {
    if (basis instanceof Basis.Selection selection) {
      long[] channels = Arrays.stream(selection.channels()).asLongStream().toArray();
      tensors.put(space + CHANNELS, Constant.of(channels, channels.length));
    } else if (basis instanceof Basis.Tied) {
      tensors.put(space + BASIS, constant(basis.encode()));
    } else {
      tensors.put(space + ENCODE, constant(basis.encode()));
      tensors.put(space + DECODE, constant(basis.decode()));
    }
  }

  private static Constant constant(Matrix matrix) {
    return Constant.of(matrix.values(), matrix.rows(), matrix.columns());
  }

  /**
   * Reads bases.
   *
   * @param spaces the spaces of the model they are for
   * @param sourceSha256 SHA-256 of that model's file, in hexadecimal
   * @throws InvalidInputException if the file cannot be read, is no file of bases or belongs to
   *     another model
   */
  public static Bases read(Path file, ChannelSpaces spaces, String sourceSha256) {
    Safetensors content = SafetensorsReader.read(file);
    checkMetadata(file, content.metadata(), sourceSha256);
    return of(content.tensors(), file, spaces);
  }

  /**
   * Bases of the tensors of a file.
   *
   * @throws InvalidInputException naming the file, if they are none of these spaces
   */
  public static Bases of(Map<String, Constant> tensors, Path file, ChannelSpaces spaces) {
    Map<String, Constant> rest = new LinkedHashMap<>(tensors);
    Map<String, Basis> bySpace = new LinkedHashMap<>();
    for (Space space : spaces.compressible()) {
      Basis basis = new Entry(file, space, rest).basis();
      if (basis != null) {
        bySpace.put(space.name(), basis);
      }
    }
    if (!rest.isEmpty()) {
      throw error(
          file,
          "tensor '%s' belongs to no compressible channel space of the model; give the model, and the treatment of residual streams, it was learned with"
              .formatted(rest.keySet().iterator().next()));
    }
    return new Bases(bySpace);
  }

  private static void checkMetadata(Path file, Map<String, String> metadata, String source) {
    expect(file, metadata, "format", FORMAT, "give a file of bases that capstan wrote");
    expect(file, metadata, "formatVersion", VERSION, "use the version of capstan that wrote it");
    expect(file, metadata, SOURCE, source, "give the model the bases were learned for");
  }

  private static void expect(
      Path file, Map<String, String> metadata, String key, String expected, String advice) {
    String found = metadata.getOrDefault(key, "none");
    if (!found.equals(expected)) {
      throw error(file, "expected %s %s, found %s; %s".formatted(key, expected, found, advice));
    }
  }

  private static InvalidInputException error(Path file, String message) {
    return new InvalidInputException(file + ": " + message);
  }

  /** What a file says of one space; what it is asked for is taken from {@code tensors}. */
  private record Entry(Path file, Space space, Map<String, Constant> tensors) {
    @Nullable Basis basis() {
      Constant channels = tensors.remove(space.name() + CHANNELS);
      Constant tied = tensors.remove(space.name() + BASIS);
      Constant encode = tensors.remove(space.name() + ENCODE);
      Constant decode = tensors.remove(space.name() + DECODE);
      boolean oblique = encode != null && decode != null;
      int kinds = (channels == null ? 0 : 1) + (tied == null ? 0 : 1) + (oblique ? 1 : 0);
      if (kinds > 1 || (encode == null) != (decode == null)) {
        throw wrong("expected channels, a basis, or encode and decode");
      }
      if (channels != null) {
        return selection(channels);
      }
      if (encode != null && decode != null) {
        return oblique(matrix(encode), matrix(decode));
      }
      return tied == null ? null : new Basis.Tied(matrix(tied));
    }

    private Basis selection(Constant channels) {
      long[] kept = channels.longs();
      if (kept.length == 0) {
        throw wrong("expected at least one channel");
      }
      for (int i = 0; i < kept.length; i++) {
        if (kept[i] < 0 || kept[i] >= space.width() || (i > 0 && kept[i] <= kept[i - 1])) {
          throw wrong(
              "expected ascending channels below %d, found %s"
                  .formatted(space.width(), Arrays.toString(kept)));
        }
      }
      return Basis.selection(space.width(), Arrays.stream(kept).mapToInt(i -> (int) i).toArray());
    }

    private Basis oblique(Matrix encode, Matrix decode) {
      if (encode.columns() != decode.columns()) {
        throw wrong("encode is " + encode + ", decode " + decode);
      }
      return new Basis.Oblique(encode, decode);
    }

    private Matrix matrix(Constant values) {
      if (values.rank() != 2 || values.size(0) != space.width()) {
        throw wrong("expected %d rows, found %s".formatted(space.width(), values.shape()));
      }
      if (values.size(1) < 1 || values.size(1) > space.width()) {
        throw wrong("expected 1 to %d columns, found %s".formatted(space.width(), values.shape()));
      }
      return new Matrix(values.size(0), values.size(1), values.floats());
    }

    private InvalidInputException wrong(String message) {
      return error(file, "channel space '" + space.name() + "': " + message);
    }
  }
}
