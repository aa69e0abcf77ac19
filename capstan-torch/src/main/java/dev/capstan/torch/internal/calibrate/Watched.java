package dev.capstan.torch.internal.calibrate;

import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ToldSpaces;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Some spaces of a network, as other processes are told of them.
 *
 * @param spaces all of them
 * @param some the ones that are meant
 */
public record Watched(ChannelSpaces spaces, List<Space> some) {
  private static final String NAMES = "spaces";

  /** Copies the list. */
  public Watched {
    some = List.copyOf(some);
  }

  static Watched of(ChannelSpaces spaces, Collection<Space> some) {
    return new Watched(spaces, List.copyOf(some));
  }

  /** What was told. */
  public static Watched of(Parcel told) {
    ChannelSpaces spaces = ToldSpaces.of(told);
    return new Watched(
        spaces, Stream.of(told.read(NAMES, String[].class)).map(spaces::space).toList());
  }

  /** A parcel that tells of them. */
  public Parcel told(String work) {
    Map<String, String> words = new LinkedHashMap<>();
    words.putAll(ToldSpaces.words(spaces));
    words.put(NAMES, Parcel.written(some.stream().map(Space::name).toList()));
    return new Parcel(work, words, Map.of(), List.of(spaces.graph()));
  }
}
