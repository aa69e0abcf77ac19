package dev.capstan.pipeline;

import java.util.Locale;

/** A point on a network's way at which it is judged. */
enum Stage {
  /** The original. */
  BASELINE,
  /** Kernels made smaller by their bases, no weight trained. */
  PROJECTED,
  /** All weights trained. */
  FINE_TUNED;

  /** As people read it. */
  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
