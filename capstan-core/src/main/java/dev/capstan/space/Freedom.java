package dev.capstan.space;

/** What may be done to a channel space. */
public enum Freedom {
  /** Any basis. */
  FREE,
  /** Channels may be chosen among, not mixed. */
  SELECT_ONLY,
  /** Left alone. */
  PINNED
}
