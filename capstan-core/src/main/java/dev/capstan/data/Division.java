package dev.capstan.data;

/**
 * How the images of a step are divided: into micro-batches whose sizes differ by one at most,
 * whatever the number of processes; a process gets every n-th, beginning with its own number.
 *
 * @param microBatches of a step
 * @param process number of this process
 * @param processes how many there are
 */
public record Division(int microBatches, int process, int processes) {
  /** Steps that one process takes as they are. */
  public static final Division NONE = new Division(1, 0, 1);

  /** Checks the numbers. */
  public Division {
    if (microBatches < 1 || process < 0 || process >= processes) {
      throw new IllegalArgumentException(
          "%d micro-batches for process %d of %d".formatted(microBatches, process, processes));
    }
  }

  /** Where a micro-batch begins among the images of a step. */
  long begin(int microBatch, int images) {
    return (long) images * microBatch / microBatches;
  }
}
