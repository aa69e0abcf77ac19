package dev.capstan.rank;

import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The number of channels of each compressed space; spaces not named keep theirs.
 *
 * @param bySpace rank by space name
 */
public record Ranks(Map<String, Integer> bySpace) {
  /** Copies the map, keeping its order. */
  public Ranks {
    bySpace = Collections.unmodifiableMap(new LinkedHashMap<>(bySpace));
  }

  /** The rank of a space. */
  public int of(Space space) {
    return bySpace.getOrDefault(space.name(), space.width());
  }

  /** The spaces that are given fewer channels than they have. */
  public List<Space> compressed(ChannelSpaces spaces) {
    return spaces.compressible().stream().filter(space -> of(space) < space.width()).toList();
  }

  /** Whether every space that they name can be compressed there. */
  public boolean fit(ChannelSpaces spaces) {
    Set<String> names = spaces.compressible().stream().map(Space::name).collect(Collectors.toSet());
    return names.containsAll(bySpace.keySet());
  }

  /** These ranks with another one for a space; the full width takes it out. */
  public Ranks with(Space space, int rank) {
    Map<String, Integer> changed = new LinkedHashMap<>(bySpace);
    if (rank == space.width()) {
      changed.remove(space.name());
    } else {
      changed.put(space.name(), rank);
    }
    return new Ranks(changed);
  }
}
