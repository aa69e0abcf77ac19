package dev.capstan.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.error.InvalidInputException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What of a file's words reaches a terminal. */
@Tag("trust")
final class ShownTest {
  @Test
  void whatIsNotPrintedIsEscaped() {
    assertThat(Shown.line("a\u001b[31mred\u001b[0m\r\n\tb\u0000\u0085\u202ec\u2028d"))
        .isEqualTo("a\\u001b[31mred\\u001b[0m\\r\\n\\tb\\u0000\\u0085\\u202ec\\u2028d");
    assertThat(Shown.line("Größe 層 🙂")).isEqualTo("Größe 層 🙂");
    assertThat(Shown.lines("one\ntwo\u0007")).isEqualTo("one\ntwo\\u0007");
  }

  @Test
  void whatIsQuotedIsCut() {
    assertThat(Shown.line("layer '" + "x".repeat(5000) + "' and 'y': do this"))
        .isEqualTo("layer '" + "x".repeat(200) + "...' and 'y': do this");
    assertThat(Shown.line("'" + "x".repeat(200) + "'")).isEqualTo("'" + "x".repeat(200) + "'");
  }

  @Test
  void whatStandsBetweenQuotesOfTwoWordsIsNoWord() {
    String between = " of the model's layers, " + "and more ".repeat(40);
    String text = "layer 'a'" + between + "or 'b' of it's own";
    assertThat(Shown.line(text)).isEqualTo(text);
  }

  @Test
  void ofALongLineBeginningAndEndAreShown() {
    String shown = Shown.line("where: " + "x".repeat(5000) + "; do this");
    assertThat(shown).startsWith("where: xx").contains(" ... ").endsWith("; do this");
    assertThat(shown.length()).isBetween(900, 1010);
  }

  /** Whatever a message is made of, it is one line that steers nothing. */
  @Test
  void everyMessageIsOneLine() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      random
          .ints(random.nextInt(40), 0, 0x3000)
          .forEach(c -> text.appendCodePoint(random.nextInt(3) == 0 ? c % 0xa0 : c));
      String shown = String.valueOf(new InvalidInputException(text.toString()).getMessage());
      assertThat(shown.codePoints().filter(Character::isISOControl).count()).isZero();
      assertThat(shown.lines().count()).isLessThanOrEqualTo(1);
      assertThat(shown).isEqualTo(Shown.line(shown));
    }
  }
}
