package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.files.Drafts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("trust")
final class InterruptionTest {
  private final List<Integer> ends = new ArrayList<>();
  private final Interruption interruption = new Interruption(ends::add);

  @TempDir Path folder;

  @Test
  void endsTheProcessWhereNothingPolls() {
    interruption.signal(2);

    assertThat(ends).containsExactly(2);
  }

  @Test
  void onlyAsksAJobThatPolls() {
    BooleanSupplier stop = interruption.poll();
    assertThat(stop.getAsBoolean()).isFalse();
    assertThat(interruption.exitCode()).isEmpty();

    interruption.signal(15);

    assertThat(stop.getAsBoolean()).isTrue();
    assertThat(ends).isEmpty();
    assertThat(interruption.exitCode()).hasValue(143);
  }

  /** Some steps of work are long: whoever asks is answered all the same. */
  @Test
  void endsTheProcessWhereTheJobDoesNot() throws InterruptedException {
    BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
    Interruption impatient = new Interruption(ended::add, Duration.ofMillis(20));
    impatient.poll();
    impatient.signal(15);

    assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo(15);
  }

  /** What is left to do must not keep the process: a pipe that nobody reads, say. */
  @Test
  void lastWordsAreWaitedForButNotForLong() throws InterruptedException {
    BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    Interruption impatient = new Interruption(events::add, Duration.ofMillis(20));
    impatient.last(
        () -> {
          events.add("words");
          LockSupport.park();
        });
    impatient.poll();
    impatient.signal(15);

    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("words");
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo(15);
  }

  /** Its drafts are in their place, or gone; those of others in this process are not its own. */
  @Test
  void aJobThatHasStoppedIsNotEndedLater() throws InterruptedException {
    BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    Interruption patient = new Interruption(events::add, Duration.ofMillis(50));
    patient.last(() -> events.add("words"));
    patient.poll();
    patient.signal(15);

    assertThat(patient.exitCode()).hasValue(143);
    assertThat(events.poll(500, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void endsTheProcessWhenAskedTwice() {
    interruption.poll();
    interruption.signal(2);
    interruption.signal(2);

    assertThat(ends).containsExactly(2);
  }

  /** A program whose way out never ends: neither when it is stopped nor when it has stopped. */
  static final class Stuck {
    private Stuck() {}

    public static void main(String[] arguments) throws IOException {
      Interruption interruption = StopSignal.handled();
      Runtime.getRuntime().addShutdownHook(new Thread(LockSupport::park));
      interruption.last(Drafts::end);
      Path folder = Path.of(arguments[0]);
      BooleanSupplier stop = interruption.poll();
      try (DraftFolder draft = DraftFolder.beside(folder.resolve("x.onnx"))) {
        Files.writeString(draft.path().resolve("x.onnx"), "half");
        Files.createFile(folder.resolve("ready"));
        for (int i = 0; arguments.length == 1 || !stop.getAsBoolean(); i++) {
          begin(folder.resolve(i + ".onnx"));
        }
      }
      int code = interruption.exitCode().orElse(ExitCode.DONE);
      StopSignal.finish(code);
      System.exit(code);
    }

    /** One file after the other, whatever becomes of them. */
    private static void begin(Path file) {
      try (DraftFolder draft = DraftFolder.beside(file)) {
        Files.writeString(draft.path().resolve("half"), "half");
      } catch (IOException | InvalidInputException e) {
        Thread.onSpinWait();
      }
    }
  }

  /** No hook, no destructor and no compiler holds up the end of a real process. */
  @ParameterizedTest
  @ValueSource(strings = {"never stops", "stops"})
  @DisabledOnOs(OS.WINDOWS)
  @Timeout(60)
  void endsByTheSignalItselfAndLeavesNothing(String how) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(folder.toString()));
    arguments.addAll(how.equals("stops") ? List.of(how) : List.of());
    Process process = ToolProcess.program(Stuck.class, arguments);
    while (!Files.exists(folder.resolve("ready"))) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(5);
    }
    process.destroy();
    Thread.sleep(50);
    // What does not stop is ended by a second one at once, or a little later without.
    process.destroy();

    assertThat(process.waitFor()).isEqualTo(143);
    assertThat(folder.toFile().list()).containsExactly("ready");
  }

  /** A program that a signal ends, or nothing does. */
  static final class Sending {
    private Sending() {}

    public static void main(String[] arguments) {
      StopSignal.handled();
      if (arguments[0].equals("TERM")) {
        StopSignal.TERM.send();
      } else {
        // Who begins this in the background has it ignore INT: then halt is left.
        StopSignal.finish(ExitCode.signalled(2));
      }
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(10));
      Runtime.getRuntime().halt(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  @DisabledOnOs(OS.WINDOWS)
  @Timeout(60)
  void aSignalThatIsSentIsTheEnd(String signal, int code) throws Exception {
    assertThat(ToolProcess.program(Sending.class, List.of(signal)).waitFor()).isEqualTo(code);
  }
}
