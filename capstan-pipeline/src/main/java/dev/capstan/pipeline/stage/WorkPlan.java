package dev.capstan.pipeline.stage;

import dev.capstan.job.CompressionOptions.Effort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a compression will look at, fixed before its first long stage.
 *
 * @param forwardRuns of one image through the original that the stages may cost together: from
 *     them, and from no clock, follows all that is done
 * @param parts what they will cost
 * @param secondsPerRun that a forward run takes here
 * @param bytes of memory, about
 * @param disk bytes beside the output while it works, about
 */
public record WorkPlan(
    long forwardRuns, List<Part> parts, double secondsPerRun, double bytes, double disk) {
  /** Runs of less than this show their total alone. */
  private static final double SHORT = 5;

  /** Who has not said how long it may take is told of longer ones that it can. */
  private static final double LONG = 1200;

  /** Of the time that suits, what a shorter run is proposed with. */
  private static final double SHARE = 0.4;

  /** Copies the list. */
  public WorkPlan {
    parts = List.copyOf(parts);
  }

  /**
   * A stage.
   *
   * @param stage its name
   * @param what it looks at, in words
   * @param runs what it costs, in forward runs of one image through the original
   * @param weight how long such a run takes in it, in those of the plain one
   */
  public record Part(String stage, String what, double runs, double weight) {
    double weighed() {
      return runs * weight;
    }

    /** About how long it takes. */
    public double seconds(WorkPlan plan) {
      return weighed() * plan.secondsPerRun();
    }

    private String told(double secondsPerRun) {
      return String.format(
          Locale.ROOT,
          "%s, %s: %s, %.0f forward runs",
          stage,
          time(weighed() * secondsPerRun),
          what,
          runs);
    }
  }

  /** What all parts may cost, in forward runs of one image. */
  double runs() {
    return parts.stream().mapToDouble(Part::runs).sum();
  }

  /** About how long all parts take. */
  public double seconds() {
    return secondsPerRun * parts.stream().mapToDouble(Part::weighed).sum();
  }

  /** What each stage looks at, a line each. */
  public List<String> stages() {
    return parts.stream().map(part -> part.told(secondsPerRun)).toList();
  }

  /** In lines, for whoever waits: the total first. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "takes about %s and %.1f GB of memory: some %.0f forward runs of one image, %.3g ms each"
                + " (setting 'forward-runs' %d, the budget they come from, gives the same again)",
            time(seconds()),
            bytes * 1e-9,
            runs(),
            1000 * secondsPerRun,
            forwardRuns));
    if (seconds() > SHORT) {
      lines.addAll(stages());
    }
    return lines;
  }

  /**
   * What whoever waits may want to change.
   *
   * @param effort that was asked for
   * @param elapsed seconds of the job that are over
   */
  public Optional<String> advice(Effort effort, double elapsed) {
    double all = elapsed + seconds();
    if (effort.seconds() > 0) {
      return all > effort.seconds()
          ? Optional.of("setting 'time': the least that makes sense takes longer than that")
          : Optional.empty();
    }
    return effort.forwardRuns() == 0 && all > LONG
        ? Optional.of(
            "setting 'time' %dm, for instance, makes do with fewer images"
                .formatted(Math.round(SHARE * all / 60)))
        : Optional.empty();
  }

  private static String time(double seconds) {
    Duration time = Duration.ofSeconds(Math.round(seconds));
    return time.toHours() > 0
        ? "%d h %d min".formatted(time.toHours(), time.toMinutesPart())
        : time.toMinutes() > 0
            ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
            : time.toSeconds() + " s";
  }
}
