package dev.capstan.torch.internal.calibrate;

import dev.capstan.space.Space;
import java.util.Map;

/**
 * How large a network's values are.
 *
 * @param values c by compared value: the mean squared norm for one image
 * @param channels by space
 */
public record Scales(Map<String, Double> values, Map<String, ChannelScales> channels) {
  /** Copies the maps. */
  public Scales {
    values = Map.copyOf(values);
    channels = Map.copyOf(channels);
  }

  /** Those of a space's channels; alike and apart from each other where nothing is known. */
  public ChannelScales of(Space space) {
    ChannelScales known = channels.get(space.name());
    return known == null ? ChannelScales.unknown(space.width()) : known;
  }
}
