package dev.capstan.cli.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * What the template is filled with: the page, and the style sheet and script that stand in it. They
 * alone are allowed, by their hashes.
 */
public record Template(Page page) {
  private static final String STYLE = resource("report.css");
  private static final String SCRIPT = resource("report.js");
  private static final String POLICY =
      "default-src 'none'; style-src '%s'; script-src '%s'; img-src data:"
          .formatted(hash(STYLE), hash(SCRIPT));

  /** The content of the style element. */
  public String style() {
    return STYLE;
  }

  /** The content of the script element. */
  public String script() {
    return SCRIPT;
  }

  /** What a browser may load and run. */
  public String policy() {
    return POLICY;
  }

  private static String resource(String name) {
    try (InputStream stream = Template.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
