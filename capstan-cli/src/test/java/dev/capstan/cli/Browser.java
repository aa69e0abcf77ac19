package dev.capstan.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Chromium without a window and with an empty profile. */
final class Browser implements AutoCloseable {
  private static final String HOW =
      "no Chromium: install it (apt-get install chromium chromium-driver), or name it in"
          + " CAPSTAN_CHROMIUM and its driver in CAPSTAN_CHROMEDRIVER, and run ./mvnw -pl"
          + " capstan-cli -am test -Dtest=BrowserTest -Dsurefire.failIfNoSpecifiedTests=false";

  private static final String AXE = resource("/axe.min.js");

  private final ChromeDriver driver;

  private Browser(Path chromium) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run");
    options.addArguments("--disable-dev-shm-usage", "--disable-background-networking");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    // Named, so that nothing goes looking for one to download.
    Path at = path("CAPSTAN_CHROMEDRIVER", "/usr/bin/chromedriver");
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(at.toFile()).build(), options);
    // On a busy machine a whole page takes axe minutes.
    driver.manage().timeouts().scriptTimeout(Duration.ofMinutes(10));
  }

  private static Path path(String variable, String otherwise) {
    return Path.of(System.getenv().getOrDefault(variable, otherwise));
  }

  /** The browser that is installed; where there is none, the tests say how to have one. */
  static Browser startOrSkip() {
    Path chromium = path("CAPSTAN_CHROMIUM", "/usr/bin/chromium");
    if (!Files.isExecutable(chromium)) {
      System.out.println("[browser tests skipped] " + HOW);
      Assumptions.abort(HOW);
    }
    return new Browser(chromium);
  }

  /** Opens a page, all that is folded away unfolded. */
  void open(Path html) {
    driver.manage().logs().get(LogType.BROWSER);
    driver.manage().logs().get(LogType.PERFORMANCE);
    driver.get(html.toUri().toString());
    driver.executeScript("document.querySelectorAll('details').forEach(d => d.open = true);" + AXE);
  }

  /** Shows it as on a screen of some width. */
  void show(Path html, int width, String scheme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    keep(html, width + "-" + scheme);
  }

  /** Where a folder is named, pictures of pages for people to look at. */
  private void keep(Path html, String how) {
    String folder = System.getenv("CAPSTAN_SCREENSHOTS");
    if (folder == null) {
      return;
    }
    try {
      long height = (Long) driver.executeScript("return document.documentElement.scrollHeight");
      Map<String, Object> shot =
          driver.executeCdpCommand(
              "Page.captureScreenshot",
              Map.of(
                  "captureBeyondViewport",
                  true,
                  "clip",
                  Map.of(
                      "x",
                      0,
                      "y",
                      0,
                      "width",
                      Integer.parseInt(how.split("-")[0]),
                      "height",
                      height,
                      "scale",
                      1)));
      byte[] png = OutputType.BYTES.convertFromBase64Png((String) shot.get("data"));
      String name = html.getFileName().toString().replaceAll("\\W", "_");
      Files.write(Path.of(folder, name + "-" + how + ".png"), png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Points at every drawing and goes on by its keys: those that say nothing then. */
  List<?> drawingsThatSayNothing() {
    return (List<?>)
        driver.executeScript(
            "const silent = [];for (const drawing of document.querySelectorAll('.drawing')) { "
                + " const told = drawing.querySelector('.told');  const marks ="
                + " [...drawing.querySelectorAll('.mark')];  marks[0].focus();  const first ="
                + " told.textContent === marks[0].getAttribute('aria-label'); "
                + " marks[0].dispatchEvent(new KeyboardEvent('keydown', {key: 'End', bubbles:"
                + " true}));  const end = marks[marks.length - 1];  const last = told.textContent"
                + " === end.getAttribute('aria-label')      && (marks.length === 1 ||"
                + " document.activeElement === end);  marks[0].dispatchEvent(new"
                + " PointerEvent('pointerenter'));  const pointed = told.textContent ==="
                + " marks[0].getAttribute('aria-label');  const stops = marks.filter(mark =>"
                + " mark.getAttribute('tabindex') === '0').length;  if (!first || !last || !pointed"
                + " || stops !== 1) silent.push(drawing.innerText);}return silent;");
  }

  /** Pixels that the page is wider than the screen. */
  long overflow() {
    return (Long)
        driver.executeScript(
            "return Math.max(0, document.documentElement.scrollWidth - innerWidth)");
  }

  /** Tables that are wider than their place. */
  List<?> cutTables() {
    return (List<?>)
        driver.executeScript(
            "return [...document.querySelectorAll('.scroll:has(table)')].filter(place =>"
                + " place.scrollWidth > place.clientWidth).map(place =>"
                + " place.getAttribute('aria-label'));");
  }

  /** What axe finds wrong: rule, and where. */
  List<?> violations() {
    return (List<?>)
        driver.executeAsyncScript(
            "const done = arguments[arguments.length - 1];axe.run(document, {resultTypes:"
                + " ['violations']}).then(found => done(found.violations.map(v => v.id + ': ' +"
                + " v.help + ' ' + v.nodes.slice(0, 3).map(n => n.html + ' ' + (n.any[0] ||"
                + " {}).message).join(' | '))), e => done(['' + e]));");
  }

  /** What stands in the console. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(Object::toString)
        .toList();
  }

  /** The schemes of all that was asked for, but for what stands in the page itself. */
  List<String> requests() {
    return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
        .map(entry -> JsonMapper.shared().readTree(entry.getMessage()).path("message"))
        .filter(message -> message.path("method").asString("").equals("Network.requestWillBeSent"))
        .map(Browser::scheme)
        .filter(scheme -> !scheme.equals("data"))
        .toList();
  }

  private static String scheme(JsonNode message) {
    String url = message.at("/params/request/url").asString("");
    return url.substring(0, Math.max(0, url.indexOf(':')));
  }

  private static String resource(String name) {
    try (InputStream stream = Browser.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
