package dev.capstan.torch.internal.checkpoint;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.torch.internal.watch.Course;
import dev.capstan.weights.Safetensors;
import dev.capstan.weights.SafetensorsReader;
import dev.capstan.weights.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A {@link TrainingState} as a safetensors file. */
public final class Checkpoint {
  private static final String FORMAT = "capstan training state 1";
  private static final String WEIGHT = "weight:";
  private static final String MOMENTUM = "momentum:";
  private static final String STATISTIC = "statistic:";
  private static final String AVERAGE = "average:";
  private static final String BEST = "best ";
  private static final String START = "loss of the start";
  private static final String LEAST = "least loss";
  private static final String ROLL_BACKS = "roll-backs";

  private Checkpoint() {}

  /**
   * Writes a state; the file is there complete or not at all.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public static void write(TrainingState state, Path file) {
    Map<String, Constant> tensors = new LinkedHashMap<>();
    put(tensors, "", state.now());
    state.momenta().forEach((name, tensor) -> tensors.put(MOMENTUM + name, tensor));
    Map<String, String> words = new LinkedHashMap<>();
    words.put("format", FORMAT);
    words.put("step", Integer.toString(state.step()));
    words.put("run", state.run());
    Course course = state.course();
    if (course != null) {
      put(tensors, BEST, state.best());
      words.put(START, Double.toString(course.start()));
      words.put(LEAST, Double.toString(course.best()));
      words.put(ROLL_BACKS, Integer.toString(course.rollBacks()));
    }
    SafetensorsWriter.write(tensors, words, file);
  }

  private static void put(
      Map<String, Constant> tensors, String whose, TrainingState.Network network) {
    network.weights().forEach((name, tensor) -> tensors.put(whose + WEIGHT + name, tensor));
    network.statistics().forEach((name, tensor) -> tensors.put(whose + STATISTIC + name, tensor));
    network.averages().forEach((name, tensor) -> tensors.put(whose + AVERAGE + name, tensor));
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
    Words words = new Words(content.metadata(), file);
    // Versions before did not watch the run.
    boolean watched = content.metadata().containsKey(START);
    return new TrainingState(
        network(content, ""),
        part(content, MOMENTUM),
        network(content, watched ? BEST : ""),
        watched ? new Course(words.real(START), words.real(LEAST), words.whole(ROLL_BACKS)) : null,
        words.whole("step"),
        content.metadata().getOrDefault("run", ""));
  }

  private static TrainingState.Network network(Safetensors content, String whose) {
    return new TrainingState.Network(
        part(content, whose + WEIGHT),
        part(content, whose + STATISTIC),
        part(content, whose + AVERAGE));
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

  /** The numbers among a file's metadata. */
  private record Words(Map<String, String> metadata, Path file) {
    int whole(String key) {
      try {
        return Integer.parseInt(String.valueOf(metadata.get(key)));
      } catch (NumberFormatException e) {
        throw noNumber("a number of steps", key, e);
      }
    }

    double real(String key) {
      try {
        return Double.parseDouble(String.valueOf(metadata.get(key)));
      } catch (NumberFormatException e) {
        throw noNumber("a loss", key, e);
      }
    }

    private InvalidInputException noNumber(String expected, String key, NumberFormatException e) {
      return new InvalidInputException(
          "%s: expected %s as '%s', found '%s'".formatted(file, expected, key, metadata.get(key)),
          e);
    }
  }
}
