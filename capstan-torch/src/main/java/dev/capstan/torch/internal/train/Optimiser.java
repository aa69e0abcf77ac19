package dev.capstan.torch.internal.train;

import dev.capstan.graph.Constant;
import java.util.Map;

/** What moves weights along their gradients. Owns its moments' native memory until closed. */
interface Optimiser extends AutoCloseable {
  /**
   * One step along the gradients that backward passes have left, which are zero afterwards.
   *
   * @param height of the rates, as a share of those of the schedule
   */
  void step(double height);

  /** Forgets all gradients. */
  void rest();

  /** What the steps to come depend on, by name. */
  Map<String, Constant> moments();

  /**
   * Goes back to such moments.
   *
   * @throws IllegalArgumentException if they are another optimiser's
   */
  void resume(Map<String, Constant> moments);

  @Override
  void close();
}
