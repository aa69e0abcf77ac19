package dev.capstan.cli.table;

import dev.capstan.ort.result.Verification;
import java.util.Locale;

/** What is said of a file that ONNX Runtime was asked about. */
public final class VerifiedLine {
  private VerifiedLine() {}

  /** How far outputs are off; where the network was cut, those of its parts and of the whole. */
  public static String of(Verification verification) {
    Double whole = verification.whole();
    String parts =
        String.format(
            Locale.ROOT,
            "outputs within %.1e of the largest, %d runs",
            verification.maxRelativeError(),
            verification.inputs());
    return whole == null
        ? parts
        : String.format(
            Locale.ROOT, "%s, part by part on equal values; %.1e as a whole", parts, whole);
  }
}
