package dev.capstan.torch.internal.checkpoint;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.torch.internal.tensor.NamedTensors;
import dev.capstan.weights.Safetensors;
import dev.capstan.weights.SafetensorsReader;
import dev.capstan.weights.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file of one stage's state: tensors and words, with a checksum over all of them.
 *
 * @param path the file
 * @param format what it holds
 * @param throttle when states on the way are written
 * @param told takes a line where it cannot be used
 */
public record SealedFile(Path path, String format, WriteThrottle throttle, Consumer<String> told) {
  private static final String AGAIN = "; its work is done again";

  /**
   * What a stage has done.
   *
   * @param tensors numbers, by name
   * @param words the rest, by name
   */
  public record State(Map<String, Constant> tensors, Map<String, String> words) {
    /** A word that must be there. */
    public String word(String key) {
      String word = words.get(key);
      if (word == null) {
        throw new InvalidInputException("expected '" + key + "', found none");
      }
      return word;
    }

    /** The tensors whose names begin so, without that beginning. */
    public Map<String, Constant> part(String prefix) {
      return NamedTensors.part(tensors, prefix);
    }
  }

  /** Writes a state on the way, if it is time to. */
  public void offer(Supplier<State> state) {
    throttle.write(() -> write(state.get()));
  }

  /** Writes a state over the one before; the file is there complete or not at all. */
  public void write(State state) {
    Map<String, String> words = new LinkedHashMap<>(state.words());
    words.put("format", format);
    Soundness.seal(state.tensors(), words);
    SafetensorsWriter.write(state.tensors(), words, path);
  }

  /** The state that was written; null where there is none, or it is damaged: its work is redone. */
  public @Nullable State read() {
    if (!Files.exists(path)) {
      return null;
    }
    try {
      Safetensors content = SafetensorsReader.read(path);
      String found = content.metadata().getOrDefault("format", "none");
      if (!found.equals(format)) {
        throw new InvalidInputException(
            "%s: expected a state of format '%s', found '%s'".formatted(path, format, found));
      }
      Soundness.check(content, true, path);
      return new State(content.tensors(), content.metadata());
    } catch (InvalidInputException e) {
      told.accept(e.getMessage() + AGAIN);
      return null;
    }
  }

  /** What a state says; null where it says something else than it must: its work is redone. */
  public <T> @Nullable T said(State state, Function<State, T> reading) {
    try {
      return reading.apply(state);
    } catch (InvalidInputException | NumberFormatException e) {
      told.accept(path + ": " + e.getMessage() + AGAIN);
      return null;
    }
  }
}
