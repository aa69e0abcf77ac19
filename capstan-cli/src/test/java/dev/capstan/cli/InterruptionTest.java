package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class InterruptionTest {
  private final List<Integer> exits = new ArrayList<>();
  private final Interruption interruption = new Interruption(exits::add);

  @Test
  void endsTheProcessWhereNothingPolls() {
    interruption.signal(2);

    assertThat(exits).containsExactly(130);
  }

  @Test
  void onlyAsksAJobThatPolls() {
    BooleanSupplier stop = interruption.poll();
    assertThat(stop.getAsBoolean()).isFalse();
    assertThat(interruption.exitCode()).isEmpty();

    interruption.signal(15);

    assertThat(stop.getAsBoolean()).isTrue();
    assertThat(exits).isEmpty();
    assertThat(interruption.exitCode()).hasValue(143);
  }

  /** Some steps of work are long: whoever asks is answered all the same. */
  @Test
  void endsTheProcessWhereTheJobDoesNot() throws InterruptedException {
    BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();
    Interruption impatient = new Interruption(ends::add, Duration.ofMillis(20));
    impatient.poll();
    impatient.signal(15);

    assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo(143);
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
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo(143);
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

    assertThat(exits).containsExactly(130);
  }
}
