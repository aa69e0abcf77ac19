package dev.capstan.torch.internal.checkpoint;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.recipe.stage.Training;
import dev.capstan.torch.internal.watch.Course;
import dev.capstan.weights.Safetensors;
import dev.capstan.weights.SafetensorsReader;
import dev.capstan.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TrainingState} as a safetensors file, with its checksum. The state before it is kept
 * beside it ({@link Training#before}), should the file be damaged.
 */
public final class Checkpoint {
  private static final String FORMAT = "capstan training state 2";

  /** Without a checksum, and without the number of threads in what was run. */
  private static final String FORMER = "capstan training state 1";

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
   * Writes a state; the file is there complete or not at all, and what was there is kept.
   *
   * @throws InvalidInputException if it cannot be written
   */
  public static void write(TrainingState state, Path file) {
    keepBefore(file);
    SealedFile.State content = content(state);
    Map<String, String> words = new LinkedHashMap<>(content.words());
    Soundness.seal(content.tensors(), words);
    SafetensorsWriter.write(content.tensors(), words, file);
  }

  /** A state as tensors and words. */
  public static SealedFile.State content(TrainingState state) {
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
    return new SealedFile.State(tensors, words);
  }

  private static void keepBefore(Path file) {
    try {
      if (Files.isRegularFile(file)) {
        Files.move(
            file,
            Training.before(file),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be moved: " + e.getMessage(), e);
    }
  }

  private static void put(
      Map<String, Constant> tensors, String whose, TrainingState.Network network) {
    network.weights().forEach((name, tensor) -> tensors.put(whose + WEIGHT + name, tensor));
    network.statistics().forEach((name, tensor) -> tensors.put(whose + STATISTIC + name, tensor));
    network.averages().forEach((name, tensor) -> tensors.put(whose + AVERAGE + name, tensor));
  }

  /**
   * The last state that was written: that of the file, or where it is damaged or missing the one
   * before.
   *
   * @param told takes a line if it is the one before
   * @return null if there is none
   * @throws InvalidInputException if the file is damaged and there is none before it
   */
  public static @Nullable TrainingState last(Path file, Consumer<String> told) {
    Path before = Training.before(file);
    if (!Files.exists(before)) {
      return Files.exists(file) ? read(file) : null;
    }
    try {
      return read(file);
    } catch (InvalidInputException e) {
      TrainingState state = read(before);
      told.accept(e.getMessage() + "; going on from the one before it, " + before);
      return state;
    }
  }

  /**
   * Removes states of which none can be gone on from, so that their work is done again.
   *
   * @param told takes a line if it does
   */
  public static void removeDamaged(Path file, Consumer<String> told) {
    try {
      last(file, line -> {});
    } catch (InvalidInputException e) {
      remove(file);
      remove(Training.before(file));
      told.accept(file + ": the state of training is damaged; its work is done again");
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be removed: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a state.
   *
   * @throws InvalidInputException if the file cannot be read, holds no such state, or is damaged
   */
  public static TrainingState read(Path file) {
    Safetensors content = SafetensorsReader.read(file);
    String format = content.metadata().getOrDefault("format", "none");
    if (!format.equals(FORMAT) && !format.equals(FORMER)) {
      throw new InvalidInputException(
          "%s: expected a checkpoint of format '%s', found '%s'".formatted(file, FORMAT, format));
    }
    Soundness.check(content, format.equals(FORMAT), file);
    return of(new SealedFile.State(content.tensors(), content.metadata()), file);
  }

  /**
   * The state that tensors and words are.
   *
   * @param file where they come from
   */
  public static TrainingState of(SealedFile.State state, Path file) {
    Words words = new Words(state.words(), file);
    // Versions before did not watch the run.
    boolean watched = state.words().containsKey(START);
    return new TrainingState(
        network(state, ""),
        state.part(MOMENTUM),
        network(state, watched ? BEST : ""),
        watched ? new Course(words.real(START), words.real(LEAST), words.whole(ROLL_BACKS)) : null,
        words.whole("step"),
        state.words().getOrDefault("run", ""));
  }

  private static TrainingState.Network network(SealedFile.State state, String whose) {
    return new TrainingState.Network(
        state.part(whose + WEIGHT), state.part(whose + STATISTIC), state.part(whose + AVERAGE));
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
