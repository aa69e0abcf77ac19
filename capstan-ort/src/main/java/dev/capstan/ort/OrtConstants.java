package dev.capstan.ort;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.onnx.ConstantRuntime;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Computes constants of one model file in a process where that can do no harm. */
public final class OrtConstants implements ConstantRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(OrtConstants.class);
  private static final long MEMORY = 1L << 30;

  private final OrtProcess process;
  private long leftNanos;

  /**
   * For one file.
   *
   * @param limit how long all its constants together may take
   */
  public OrtConstants(OrtProcess process, Duration limit) {
    this.process = process;
    this.leftNanos = limit.toNanos();
  }

  @Override
  public Map<String, Constant> run(byte[] model) {
    if (leftNanos <= 0) {
      // Nothing is started that nobody would wait for.
      return Map.of();
    }
    long start = System.nanoTime();
    try {
      return process.ask(new OneNode(model), new Limits(Duration.ofNanos(leftNanos), MEMORY));
    } catch (RefusedException | InvalidInputException e) {
      LOG.debug("left to a run: {}", e.getMessage());
      return Map.of();
    } finally {
      leftNanos -= System.nanoTime() - start;
    }
  }
}
