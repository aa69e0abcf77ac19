package dev.capstan.torch.internal.engine;

import dev.capstan.data.Batch;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What steps are taken on, in the log: by it runs that were stopped are compared with others. */
public final class StepLog {
  private static final Logger LOG = LoggerFactory.getLogger(StepLog.class);

  private StepLog() {}

  /**
   * Writes a line for each micro-batch.
   *
   * @param number of the step, from 1 on
   * @param parts micro-batches of this process
   */
  public static void step(String what, int number, double rate, List<Batch> parts) {
    if (LOG.isDebugEnabled()) {
      for (Batch part : parts) {
        LOG.debug(
            "{} step {} at rate {}: images {}",
            what,
            number,
            rate,
            Arrays.toString(part.indices()));
      }
    }
  }
}
