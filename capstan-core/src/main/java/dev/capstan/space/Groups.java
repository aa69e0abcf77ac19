package dev.capstan.space;

/**
 * Equal runs of a space's channels, each of which must keep equally many.
 *
 * @param count how many: a rank is a multiple of it
 * @param readAlone whether what reads a group reads no other: then D is as E
 */
public record Groups(int count, boolean readAlone) {
  /** No demand. */
  public static final Groups NONE = new Groups(1, false);
}
