package dev.capstan.torch.internal.checkpoint;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.weights.Safetensors;
import dev.capstan.weights.SafetensorsReader;
import dev.capstan.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link TrainingState} as a safetensors file. */
public final class Checkpoint {
  private static final String FORMAT = "capstan training state 1";
  private static final String WEIGHT = "weight:";
  private static final String MOMENTUM = "momentum:";
  private static final String STATISTIC = "statistic:";
  private static final String AVERAGE = "average:";

  private Checkpoint() {}

  /**
   * Writes a state; the file is there complete or not at all.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public static void write(TrainingState state, Path file) {
    Map<String, Constant> tensors = new LinkedHashMap<>();
    state.weights().forEach((name, tensor) -> tensors.put(WEIGHT + name, tensor));
    state.momenta().forEach((name, tensor) -> tensors.put(MOMENTUM + name, tensor));
    state.statistics().forEach((name, tensor) -> tensors.put(STATISTIC + name, tensor));
    state.averages().forEach((name, tensor) -> tensors.put(AVERAGE + name, tensor));
    Map<String, String> words = new LinkedHashMap<>();
    words.put("format", FORMAT);
    words.put("step", Integer.toString(state.step()));
    words.put("run", state.run());
    SafetensorsWriter.write(tensors, words, file);
  }

  /**
   * Reads a state.
   *
   * @throws InvalidInputException if the file cannot be read or holds no such state
   */
  public static TrainingState read(Path file) {
    Safetensors content = SafetensorsReader.read(file);
    if (!FORMAT.equals(content.metadata().get("format"))) {
      throw new InvalidInputException(
          "%s: expected a checkpoint of format '%s', found '%s'"
              .formatted(file, FORMAT, content.metadata().get("format")));
    }
    return new TrainingState(
        part(content, WEIGHT),
        part(content, MOMENTUM),
        part(content, STATISTIC),
        part(content, AVERAGE),
        step(content.metadata().get("step"), file),
        content.metadata().getOrDefault("run", ""));
  }

  private static Map<String, Constant> part(Safetensors content, String prefix) {
    Map<String, Constant> part = new LinkedHashMap<>();
    content
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), tensor);
              }
            });
    return part;
  }

  private static int step(@Nullable String word, Path file) {
    try {
      return Integer.parseInt(String.valueOf(word));
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "%s: expected a number of steps, found '%s'".formatted(file, word), e);
    }
  }
}
