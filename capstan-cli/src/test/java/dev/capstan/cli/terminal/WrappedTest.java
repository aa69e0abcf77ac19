package dev.capstan.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** No line is longer than the terminal is wide, unless a word is, and no word is lost. */
final class WrappedTest {
  @Test
  void linesFitAndSayTheSame() {
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 500; round++) {
      String text = " ".repeat(random.nextInt(4)) + words(random, 1 + random.nextInt(40));
      int width = 10 + random.nextInt(80);

      String wrapped = Wrapped.within(width, text);

      assertThat(wrapped.strip().split("\\s+")).isEqualTo(text.strip().split("\\s+"));
      assertThat(wrapped.lines())
          .allMatch(line -> line.length() <= width || !line.strip().contains(" "));
      assertThat(text.length() > width || wrapped.equals(text)).isTrue();
    }
  }

  private static String words(SplittableRandom random, int count) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < count; i++) {
      words.append(i == 0 ? "" : " ").append("x".repeat(1 + random.nextInt(14)));
    }
    return words.toString();
  }

  @Test
  void whatIsBrokenOffStandsFurtherIn() {
    assertThat(Wrapped.within(12, "one two three four\n\n  five six seven"))
        .isEqualTo("one two\n  three four\n\n  five six\n    seven");
    assertThat(Wrapped.within(Integer.MAX_VALUE, "a b\nc")).isEqualTo("a b\nc");
  }
}
