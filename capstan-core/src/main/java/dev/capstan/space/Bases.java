package dev.capstan.space;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * One basis for each compressed space; spaces not named keep their channels.
 *
 * @param bySpace basis by space name
 */
public record Bases(Map<String, Basis> bySpace) {
  /** No space is compressed. */
  public static final Bases NONE = new Bases(Map.of());

  /** Copies the map, keeping its order. */
  public Bases {
    bySpace = Collections.unmodifiableMap(new LinkedHashMap<>(bySpace));
  }

  /** The first channels of each space, as many as its rank says: for what only counts or times. */
  public static Bases first(List<Space> spaces, ToIntFunction<Space> ranks) {
    Map<String, Basis> bases = new LinkedHashMap<>();
    for (Space space : spaces) {
      int rank = ranks.applyAsInt(space);
      if (rank < space.width()) {
        bases.put(space.name(), Basis.first(space, rank));
      }
    }
    return new Bases(bases);
  }

  /** Whether the space is given other channels. */
  public boolean contains(String space) {
    return bySpace.containsKey(space);
  }

  /** The basis of a space, the identity if it has none. */
  public Basis of(Space space) {
    Basis basis = bySpace.get(space.name());
    if (basis == null) {
      return Basis.identity(space.width());
    }
    if (basis.width() != space.width()) {
      throw new IllegalArgumentException(
          "space '%s' has %d channels, its basis %d"
              .formatted(space.name(), space.width(), basis.width()));
    }
    return basis;
  }

  /** Number of channels of a space. */
  public int rank(Space space) {
    Basis basis = bySpace.get(space.name());
    return basis == null ? space.width() : basis.rank();
  }
}
