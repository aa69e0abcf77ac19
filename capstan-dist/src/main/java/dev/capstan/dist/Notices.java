package dev.capstan.dist;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What of others is handed out, and under which licences. */
final class Notices {
  /** Licences and notices that jars bring, but for those of every class file's folder. */
  private static final Pattern TEXT =
      Pattern.compile(
          "(META-INF/)?[^/]*(LICENSE|LICENCE|NOTICE|ThirdPartyNotices)[^/]*(\\.txt|\\.md)?");

  private static final Pattern NATIVE = Pattern.compile(".*/(lib[^/]*\\.so[.\\d]*)");

  private Notices() {}

  /**
   * Writes them into an archive's folder: a list, and what the jars themselves bring.
   *
   * @param bom all components, in CycloneDX's format
   */
  static void write(Tree tree, List<Path> jars, Path bom) throws IOException {
    Files.writeString(tree.place("THIRD-PARTY.md"), components(bom) + natives());
    for (Path jar : jars) {
      texts(tree, jar);
    }
  }

  private static String components(Path bom) throws IOException {
    if (!Files.exists(bom)) {
      throw new IOException(
          bom + " is missing: the list of all that is shipped is not made offline (-o)");
    }
    JsonNode components = JsonMapper.shared().readTree(bom.toFile()).path("components");
    TreeSet<String> lines = new TreeSet<>();
    components.forEach(
        component -> {
          if (!component.path("group").asString("").equals("dev.capstan")) {
            lines.add(line(component));
          }
        });
    return "# What of others is in this archive\n\n| jar | version | licence |\n|---|---|---|\n"
        + String.join("", lines)
        + "\nThe folder `licenses` holds the texts that the jars bring; the libraries of Java, if it is here, have theirs in `runtime/legal`.\n\n";
  }

  private static String line(JsonNode component) {
    String licences =
        StreamSupport.stream(component.path("licenses").spliterator(), false)
            .map(
                choice ->
                    choice
                        .path("expression")
                        .asString(
                            choice
                                .path("license")
                                .path("id")
                                .asString(choice.path("license").path("name").asString(""))))
            .distinct()
            .collect(Collectors.joining("; "));
    return "| %s:%s | %s | %s |\n"
        .formatted(
            component.path("group").asString(""),
            component.path("name").asString(""),
            component.path("version").asString(""),
            licences);
  }

  /** What is told of native libraries, whose jars say nothing of what is in them. */
  static String natives() throws IOException {
    try (InputStream stream = Notices.class.getResourceAsStream("natives.md")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void texts(Tree tree, Path jar) throws IOException {
    String folder = jar.getFileName().toString().replaceFirst("\\.jar$", "");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
        if (!entry.isDirectory() && TEXT.matcher(entry.getName()).matches()) {
          String name = entry.getName().replaceFirst("^META-INF/", "");
          Path place = tree.place("licenses/" + folder + "/" + name);
          Files.copy(zip.getInputStream(entry), place, REPLACE_EXISTING);
        }
      }
    }
  }

  /** Names of the native libraries in jars. */
  static List<String> nativesOf(List<Path> jars) throws IOException {
    List<String> names = new ArrayList<>();
    for (Path jar : jars) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        zip.stream()
            .map(entry -> NATIVE.matcher(entry.getName()))
            .filter(found -> found.matches())
            .forEach(found -> names.add(found.group(1)));
      }
    }
    return names;
  }
}
