package dev.capstan.torch.internal.distributed;

import dev.capstan.space.ChannelSpaces;
import java.util.Map;

/**
 * Channel spaces, as other processes are told of them: those of a parcel's first network, by what
 * becomes of its residual streams.
 */
public final class ToldSpaces {
  private static final String RESIDUAL = "residual";

  private ToldSpaces() {}

  /** What is said beside the network. */
  public static Map<String, String> words(ChannelSpaces spaces) {
    return Map.of(RESIDUAL, spaces.residual().name());
  }

  /** The spaces that were told of. */
  public static ChannelSpaces of(Parcel told) {
    return ChannelSpaces.of(
        told.networks().get(0), ChannelSpaces.Residual.valueOf(told.word(RESIDUAL)));
  }
}
