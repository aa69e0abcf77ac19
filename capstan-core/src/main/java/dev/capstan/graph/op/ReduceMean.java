package dev.capstan.graph.op;

import java.util.List;

/**
 * Mean over some axes.
 *
 * @param axes which ones; none means all, negative ones count from the end
 * @param keepDims whether they stay with extent 1
 */
public record ReduceMean(List<Integer> axes, boolean keepDims) implements Reduction {
  /** Copies the list. */
  public ReduceMean {
    axes = List.copyOf(axes);
  }
}
