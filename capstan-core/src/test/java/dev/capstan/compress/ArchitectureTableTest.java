package dev.capstan.compress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cost.Cost;
import dev.capstan.space.Freedom;
import dev.capstan.testing.Fixtures;
import dev.capstan.testing.OperatorTables;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents' table of architectures: what half of the multiply-accumulates leaves of each. */
class ArchitectureTableTest {
  private static final Set<String> MUST_SHRINK =
      Set.of("mobilenet-v2", "dense", "inception", "unet");

  static List<String> mustShrink() {
    return Fixtures.names().stream()
        .filter(name -> MUST_SHRINK.stream().anyMatch(name::startsWith))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("mustShrink")
  void losesFortyPercentOfItsMacs(String name) {
    assertThat(kept(name, Halved.of(name))).isLessThanOrEqualTo(0.6);
  }

  @Test
  void standsInTheDocuments() {
    String rows =
        Fixtures.names().stream().map(ArchitectureTableTest::row).collect(Collectors.joining());
    OperatorTables.assertSection(
        "architectures",
        "| network, exporter, opset | spaces: free | selection only | left alone | MACs kept |\n"
            + "|---|---|---|---|---|\n"
            + rows);
  }

  private static String row(String name) {
    Halved halved = Halved.of(name);
    int opset = name.lastIndexOf('-');
    int exporter = name.lastIndexOf('-', opset - 1);
    return String.format(
        Locale.ROOT,
        "| %s, %s, %s | %d | %d | %d | %.2f |\n",
        name.substring(0, exporter),
        name.substring(exporter + 1, opset),
        name.substring(opset + 1),
        count(halved, Freedom.FREE),
        count(halved, Freedom.SELECT_ONLY),
        count(halved, Freedom.PINNED),
        kept(name, halved));
  }

  /** Spaces that layers write. */
  private static long count(Halved halved, Freedom freedom) {
    return halved.spaces().all().stream()
        .filter(space -> space.freedom() == freedom && !space.producers().isEmpty())
        .count();
  }

  private static double kept(String name, Halved halved) {
    return (double) Cost.of(halved.half()).macs() / Cost.of(Fixtures.sized(name)).macs();
  }
}
