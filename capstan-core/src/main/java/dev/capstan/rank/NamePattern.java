package dev.capstan.rank;

import dev.capstan.space.Space;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A glob over node names: {@code *} is any text, {@code ?} any character. Slashes and dots are
 * characters like any other.
 */
record NamePattern(String glob) {
  private Pattern regex() {
    return Pattern.compile(
        glob.chars()
            .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote("" + (char) c))
            .collect(Collectors.joining()),
        Pattern.DOTALL);
  }

  /** Whether it is the name of a space or of a node that writes it. */
  boolean matches(Space space) {
    Pattern regex = regex();
    return regex.matcher(space.name()).matches()
        || space.producers().stream().anyMatch(node -> regex.matcher(node).matches());
  }
}
