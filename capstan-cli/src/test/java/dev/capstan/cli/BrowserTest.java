package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages in a browser that is installed: nothing downloads one. */
@Tag("browser")
final class BrowserTest {
  private static Browser browser;

  @BeforeAll
  static void start() {
    browser = Browser.startOrSkip();
  }

  @AfterAll
  static void end() {
    if (browser != null) {
      browser.close();
    }
  }

  /** Clicked through at two widths, light and dark. */
  @ParameterizedTest(name = "page {0}")
  @CsvSource({"0", "1", "2"})
  void canBeReadAndUsed(int number) throws IOException {
    Path html = Pages.made().all().get(number);
    browser.open(html);
    for (int width : List.of(1280, 390)) {
      for (String scheme : List.of("light", "dark")) {
        String which = html.getFileName() + " at " + width + ", " + scheme;
        browser.show(html, width, scheme);

        assertThat(browser.drawingsThatSayNothing()).as(which).isEmpty();
        assertThat(browser.overflow()).as("overflow of " + which).isZero();
        assertThat(browser.cutTables()).as("tables of " + which).isEmpty();
        assertThat(browser.violations()).as(which).isEmpty();
      }
    }
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests()).containsExactly("file");
  }
}
