package dev.capstan.cli.table;

import dev.capstan.pipeline.machine.Checkup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code doctor} says. */
public final class CheckupText {
  private CheckupText() {}

  /** A fact a line, what is wrong last. */
  public static String of(Checkup checkup) {
    List<String> lines = new ArrayList<>();
    checkup.versions().forEach((name, version) -> lines.add(line(name, version)));
    checkup.machine().forEach((name, fact) -> lines.add(line(name, fact)));
    checkup
        .folders()
        .forEach(
            folder ->
                lines.add(
                    line(
                        folder.what(),
                        "%s, %s free, %s%s"
                            .formatted(
                                folder.path(),
                                Quantity.bytes(folder.freeBytes()),
                                folder.mode(),
                                folder.writable() ? "" : ", cannot be written to"))));
    checkup
        .engines()
        .forEach(
            engine ->
                lines.add(
                    line(
                        "run in " + engine.name(),
                        engine.works()
                            ? String.format(
                                Locale.ROOT,
                                "%.0f images/s of a ResNet-8 (%s)",
                                engine.imagesPerSecond(),
                                engine.says())
                            : "FAILED: " + engine.says())));
    checkup.problems().forEach(problem -> lines.add("PROBLEM: " + problem));
    lines.add(checkup.problems().isEmpty() ? "nothing is wrong" : "jobs will not work here");
    return String.join("%n".formatted(), lines);
  }

  private static String line(String name, String fact) {
    return "%-23s %s".formatted(name, fact);
  }
}
