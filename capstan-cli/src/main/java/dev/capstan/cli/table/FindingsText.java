package dev.capstan.cli.table;

import dev.capstan.cli.option.Spelling;
import dev.capstan.ort.result.Verification;
import dev.capstan.pipeline.result.RebuiltKernels;
import dev.capstan.pipeline.result.ResultVerifier.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code verify} says. */
public final class FindingsText {
  private FindingsText() {}

  /** What was checked, what was not, and what is wrong, a line each. */
  public static String of(Findings found) {
    List<String> lines = new ArrayList<>();
    found.files().forEach((name, state) -> lines.add("file %s: %s".formatted(name, state)));
    RebuiltKernels kernels = found.kernels();
    if (kernels != null) {
      lines.addAll(kernels(kernels));
    }
    Verification verification = found.verification();
    if (verification != null) {
      lines.add("ONNX Runtime: %s, on %s".formatted(VerifiedLine.of(verification), found.ranOn()));
    }
    found.unchecked().forEach(line -> lines.add("not checked: " + Spelling.ofOptions(line)));
    found.failures().forEach(line -> lines.add("WRONG: " + Spelling.ofOptions(line)));
    lines.add(
        found.model() + (found.failures().isEmpty() ? ": verified" : ": is not what it should be"));
    return String.join("%n".formatted(), lines);
  }

  private static List<String> kernels(RebuiltKernels kernels) {
    int all = kernels.same() + kernels.changed().size();
    List<String> lines = new ArrayList<>();
    lines.add(
        "kernels: %d of %d constants rebuilt from the original and the bases, bit for bit"
            .formatted(kernels.same(), all));
    kernels.changed().entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .ifPresent(most -> lines.add(changed(kernels, most)));
    return lines;
  }

  private static String changed(RebuiltKernels kernels, Map.Entry<String, Double> most) {
    return String.format(
        Locale.ROOT,
        "kernels: %d have the shapes that the bases give, and numbers that came later (%s): at most"
            + " %.3g of their norm away ('%s')",
        kernels.changed().size(),
        kernels.later().isEmpty() ? "nobody says how" : String.join(", ", kernels.later()),
        most.getValue(),
        most.getKey());
  }
}
