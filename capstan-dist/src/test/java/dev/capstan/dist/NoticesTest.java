package dev.capstan.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is handed out of others is told of, and versions are the same in both places. */
final class NoticesTest {
  private static final Pattern VERSION =
      Pattern.compile("<((?:javacpp|pytorch|openblas|leptonica)\\.version)>(.*?)</");

  /** A library that a new version brings has to be looked at. */
  @Test
  void everyNativeLibraryIsToldOf() throws IOException {
    List<Path> jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(path -> path.toString().endsWith(".jar"))
            .toList();

    List<String> natives = Notices.nativesOf(jars);

    assertThat(natives).contains("libonnxruntime.so");
    assertThat(natives).allSatisfy(name -> assertThat(Notices.natives()).contains(name));
  }

  /** The BOM has no parent, lest it bring more versions than ours. */
  @Test
  void theBomNamesTheVersionsThatAreBuiltWith() throws IOException {
    Map<String, String> ours = versions(Path.of("..", "pom.xml"));

    assertThat(ours).hasSize(4);
    assertThat(versions(Path.of("..", "capstan-bom", "pom.xml"))).isEqualTo(ours);
  }

  private static Map<String, String> versions(Path pom) throws IOException {
    Map<String, String> versions = new TreeMap<>();
    Matcher version = VERSION.matcher(Files.readString(pom));
    while (version.find()) {
      versions.put(version.group(1), version.group(2));
    }
    return versions;
  }
}
