package dev.capstan.job;

/** Whether a run goes on from what a stopped one has kept beside the output. */
public enum Resumption {
  /** It begins anew; what was kept is removed. */
  NONE,
  /** It goes on, to the bits of a run that was never stopped; refused where that cannot be. */
  EXACT,
  /** It goes on on another number of threads, processor or library too, to other bits. */
  ELASTIC
}
