package dev.capstan.rank;

import dev.capstan.error.InvalidInputException;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What ranks there are to choose from. A pattern is a glob ({@code layer1.*}) over the names of
 * spaces and of the nodes that write them.
 *
 * @param grid the ranks of a space
 * @param include only these spaces are compressed; all that can be, if empty
 * @param exclude these keep their channels
 */
public record RankOptions(RankGrid grid, List<String> include, List<String> exclude) {
  /** Every space, on the default grid. */
  public static final RankOptions DEFAULT = new RankOptions(RankGrid.DEFAULT, List.of(), List.of());

  /** Names shown of a network's before the rest is counted. */
  private static final int NAMED = 8;

  /** Copies the lists. */
  public RankOptions {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }

  /**
   * The spaces whose ranks are to be chosen.
   *
   * @throws InvalidInputException if a pattern matches no compressible space, or none is left
   */
  public List<Space> open(ChannelSpaces spaces) {
    List<Space> compressible = spaces.compressible();
    checkMatches("setting 'include'", include, compressible);
    checkMatches("setting 'exclude'", exclude, compressible);
    List<Space> open =
        compressible.stream()
            .filter(space -> include.isEmpty() || matches(include, space))
            .filter(space -> !matches(exclude, space))
            .toList();
    if (open.isEmpty() && !compressible.isEmpty()) {
      throw new InvalidInputException(
          "setting 'include' %s, setting 'exclude' %s: no channel space is left to compress; there are %s"
              .formatted(include, exclude, names(compressible)));
    }
    return open;
  }

  private static boolean matches(List<String> patterns, Space space) {
    return patterns.stream().anyMatch(glob -> new NamePattern(glob).matches(space));
  }

  private static void checkMatches(String option, List<String> patterns, List<Space> spaces) {
    for (String glob : patterns) {
      if (spaces.stream().noneMatch(new NamePattern(glob)::matches)) {
        throw new InvalidInputException(
            "%s '%s' matches no channel space that can be compressed, nor a node that writes one; there are %s"
                .formatted(option, glob, names(spaces)));
      }
    }
  }

  private static String names(List<Space> spaces) {
    if (spaces.isEmpty()) {
      return "none";
    }
    Stream<String> first = spaces.stream().limit(NAMED).map(Space::name);
    String rest = spaces.size() <= NAMED ? "" : " and " + (spaces.size() - NAMED) + " more";
    return first.collect(Collectors.joining(", ")) + rest;
  }
}
