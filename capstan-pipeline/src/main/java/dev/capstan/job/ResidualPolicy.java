package dev.capstan.job;

/** What becomes of residual streams. */
public enum ResidualPolicy {
  /** They keep their channels; only the inside of blocks is compressed, as in the paper. */
  KEEP,
  /** They are spaces like any other, one a stage. */
  PROJECT,
  /** Projected where that costs the least accuracy; kept where ranks are uniform. */
  AUTO
}
