package dev.capstan.pipeline.machine;

import com.sun.management.OperatingSystemMXBean;
import dev.capstan.pipeline.input.Processor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** System, processor, cores and memory, and what limits them. */
final class HostFacts {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");

  /** Of a processor's many features those that kernels of networks are written for. */
  private static final Pattern TELLING =
      Pattern.compile("\\b(avx2|fma|f16c|avx512\\w*|avx_vnni|amx_\\w+|asimd\\w*|sve\\w*|bf16)\\b");

  private HostFacts() {}

  static Map<String, String> all() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "system", property("os.name") + " " + property("os.version") + ", " + property("os.arch"));
    facts.put("processor", Processor.name());
    facts.put("features", features());
    facts.put("cores", cores());
    facts.put("memory", memory(system));
    facts.put("Java's heap", "at most " + gigabytes(Runtime.getRuntime().maxMemory()));
    facts.put("file names", property("sun.jnu.encoding"));
    return facts;
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static String features() {
    List<String> found = new ArrayList<>();
    Matcher names = TELLING.matcher(line(CPU, "flags").or(() -> line(CPU, "Features")).orElse(""));
    while (names.find()) {
      found.add(names.group());
    }
    return found.isEmpty() ? "unknown" : String.join(" ", found);
  }

  /** Java counts those that a control group or an affinity leaves it. */
  private static String cores() {
    int usable = Runtime.getRuntime().availableProcessors();
    long all = lines(CPU).stream().filter(line -> line.startsWith("processor")).count();
    return all > usable ? "%d of %d may be used".formatted(usable, all) : Integer.toString(usable);
  }

  /** The same of memory. */
  private static String memory(OperatingSystemMXBean system) {
    long usable = system.getTotalMemorySize();
    long all = line(MEMORY, "MemTotal").map(HostFacts::kilobytes).orElse(usable);
    String limited = usable < all ? " of %s, by a control group".formatted(gigabytes(all)) : "";
    return "%s%s, %s free"
        .formatted(gigabytes(usable), limited, gigabytes(system.getFreeMemorySize()));
  }

  private static long kilobytes(String words) {
    return 1024 * Long.parseLong(words.replaceAll("\\D", ""));
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes * 1e-9);
  }

  private static Optional<String> line(Path file, String key) {
    return lines(file).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1))
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
