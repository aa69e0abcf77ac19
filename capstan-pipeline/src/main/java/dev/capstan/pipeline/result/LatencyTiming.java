package dev.capstan.pipeline.result;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.files.TemporaryFolder;
import dev.capstan.graph.Graph;
import dev.capstan.onnx.ConstantRuntime;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.ort.KernelTime;
import dev.capstan.ort.Latency;
import dev.capstan.ort.Profile;
import dev.capstan.ort.Verifier;
import dev.capstan.ort.result.LatencyMillis;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.input.Trials;
import dev.capstan.report.Speed;
import dev.capstan.report.Speed.Latencies;
import dev.capstan.report.UncompressedTail;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Times models in ONNX Runtime, before and after compression. */
public final class LatencyTiming {
  private static final int MANY = 32;

  /** Short, since runs before and after take turns: noise hits both. */
  private static final Duration TIMED = Duration.ofMillis(250);

  private final ModelInput input;
  private final boolean hasTail;

  private LatencyTiming(ModelInput input, boolean hasTail) {
    this.input = input;
    this.hasTail = hasTail;
  }

  /**
   * Times a model file and what was made of it: the whole of both where ONNX Runtime runs them,
   * else the part before the tail that it cannot run.
   */
  public static Speed measure(ModelInput input, Path result, @Nullable UncompressedTail tail) {
    SourceModel source = input.source();
    LatencyTiming timing = new LatencyTiming(input, tail != null);
    if (tail == null || tail.refusal() == null) {
      return timing.measureWhole(result);
    }
    try (DraftFolder folder = DraftFolder.beside(result)) {
      return timing.measure(
          Export.head(source.graph(), folder.path().resolve("before.onnx")),
          timing.head(result, folder),
          false);
    }
  }

  /** Kernels of a model file and of what was made of it, on one thread. */
  public record Kernels(List<KernelTime> before, List<KernelTime> after) {}

  /** Where the time goes that {@link #measure} finds. */
  public static Kernels kernels(ModelInput input, Path result, @Nullable UncompressedTail tail) {
    LatencyTiming timing = new LatencyTiming(input, tail != null);
    if (tail != null && tail.refusal() == null) {
      return timing.kernels(input.source().stored().file(), result);
    }
    try (DraftFolder folder = DraftFolder.beside(result)) {
      return timing.kernels(
          Export.head(input.source().graph(), folder.path().resolve("before.onnx")),
          tail == null ? result : timing.head(result, folder));
    }
  }

  /**
   * Share of a file's time that its tail takes, which no compression shortens: 0 without one, and
   * where {@link #measure} leaves it out.
   */
  public static double tailShare(ModelInput input) {
    SourceModel source = input.source();
    if (source.graph().tail().isEmpty() || source.refusal() != null) {
      return 0;
    }
    LatencyTiming timing = new LatencyTiming(input, true);
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      Path head = Export.head(source.graph(), folder.path().resolve("head.onnx"));
      Latencies both = timing.latencies(source.stored().file(), head, 1);
      return Math.max(0, 1 - both.after().oneThread() / both.before().oneThread());
    }
  }

  private Kernels kernels(Path before, Path after) {
    check(before, 1);
    check(after, 1);
    return new Kernels(Profile.of(before, 1, latency(1)), Profile.of(after, 1, latency(1)));
  }

  /** A result up to its tail. */
  private Path head(Path result, DraftFolder folder) {
    return Export.head(
        OnnxReader.readPart(result, input.options().given().keySet(), ConstantRuntime.NONE),
        folder.path().resolve("after.onnx"));
  }

  private Speed measureWhole(Path result) {
    try {
      return measure(input.source().stored().file(), result, true);
    } catch (InvalidInputException refused) {
      if (hasTail) {
        throw refused;
      }
      // Two nodes of one name, say: names are unique in what is written of it.
      try (DraftFolder folder = DraftFolder.beside(result)) {
        Path again = Export.head(input.source().graph(), folder.path().resolve("before.onnx"));
        return measure(again, result, true);
      }
    }
  }

  private Speed measure(Path before, Path after, boolean whole) {
    return new Speed(
        latencies(before, after, 1),
        isOpen(input.source().graph()) ? many(before, after) : null,
        whole,
        Verifier.isHalf(input.source().graph()) ? Profile.casts(after, latency(1)) : 0);
  }

  /** A tail may be made for one image alone, whatever the batch of what comes before it. */
  private @Nullable Latencies many(Path before, Path after) {
    try {
      return latencies(before, after, MANY);
    } catch (InvalidInputException e) {
      if (hasTail) {
        return null;
      }
      throw e;
    }
  }

  private static boolean isOpen(Graph graph) {
    return graph.inputs().stream().noneMatch(i -> i.type().shape().dims().get(0).isKnown());
  }

  private Latencies latencies(Path before, Path after, int batch) {
    List<LatencyMillis> both = latency(batch).measure(List.of(before, after));
    return new Latencies(both.get(0), both.get(1));
  }

  private Latency latency(int batch) {
    return new Latency(batch, TIMED, input.runInputs(), file -> check(file, batch));
  }

  /** What would end this process ends another first. */
  private void check(Path file, int batch) {
    SourceModel source = input.source();
    boolean isSource = file.equals(source.stored().file());
    if (isSource ? source.isForeign() : hasTail || Trials.isRisky(source.graph())) {
      new Trials(source, input.runInputs()).require(file, batch);
    }
  }
}
