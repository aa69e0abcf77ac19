package dev.capstan.dist;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes all that is handed out, in {@code capstan-dist/target}: an archive with a Java runtime and
 * one without, a Python wheel that holds the first, and SHA256SUMS of the three.
 *
 * <p>What is shipped is what is on this process's own class path.
 */
final class Distribution {
  private static final String MAIN = "dev.capstan.cli.Main";
  private static final String RUNTIME = "runtime";

  private static final List<String> DOCUMENTS =
      List.of("LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md");

  /** What a shell is to look for where. */
  private static final Map<String, List<String>> PAGES =
      Map.of(
          "share/man/man1/capstan.1", List.of("man"),
          "share/bash-completion/completions/capstan", List.of("completion", "bash"),
          "share/zsh/site-functions/_capstan", List.of("completion", "zsh"),
          "share/fish/vendor_completions.d/capstan.fish", List.of("completion", "fish"));

  private final Release release;
  private final Tree tree;

  private Distribution(Release release, Tree tree) {
    this.release = release;
    this.tree = tree;
  }

  /** Takes the checkout, the version, the platform, and the time that all files get. */
  public static void main(String[] words) throws IOException {
    Release release =
        new Release(Path.of(words[0]).toRealPath(), words[1], words[2], Instant.parse(words[3]));
    Tree tree = Tree.empty(release.target().resolve("dist").resolve(release.name()));
    new Distribution(release, tree).make();
  }

  private void make() throws IOException {
    List<Path> jars = putJars();
    tree.put(release.checkout().resolve("capstan"), "bin/capstan");
    putDocuments();
    Notices.write(tree, jars, release.target().resolve("bom.json"));
    JavaRuntime runtime = JavaRuntime.make(tree.root().resolve(RUNTIME));
    putPages(runtime);
    List<Path> made = new ArrayList<>(List.of(archive("", true), archive("-no-java", false)));
    made.add(Wheel.write(release, tag(), packages()));
    Sums.write(release.target().resolve("SHA256SUMS"), made);
    tell(made, runtime);
  }

  /** All of the class path but this module itself. */
  private List<Path> putJars() throws IOException {
    List<Path> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path jar = Path.of(entry);
      String name = jar.getFileName().toString();
      if (name.endsWith(".jar") && !name.startsWith("capstan-dist-")) {
        tree.put(jar, "lib/" + name);
        jars.add(tree.root().resolve("lib").resolve(name));
      }
    }
    jars.sort(null);
    Sums.write(tree.place("jars"), jars);
    return jars;
  }

  /** The README, and what it links to. */
  private void putDocuments() throws IOException {
    Tree checkout = new Tree(release.checkout());
    for (String name : DOCUMENTS) {
      tree.put(release.checkout().resolve(name), name);
    }
    for (String folder : List.of("docs", "recipes")) {
      for (Path file : new Tree(release.checkout().resolve(folder)).files()) {
        tree.put(file, checkout.name(file));
      }
    }
  }

  /** Written by the tool itself on the runtime that it gets, which shows that it starts there. */
  private void putPages(JavaRuntime runtime) throws IOException {
    String classPath = tree.root().resolve("lib") + File.separator + "*";
    for (Map.Entry<String, List<String>> page : PAGES.entrySet()) {
      runtime.run(
          Stream.concat(Stream.of("-cp", classPath, MAIN), page.getValue().stream()).toList(),
          tree.place(page.getKey()));
    }
  }

  private Path archive(String kind, boolean withJava) throws IOException {
    Path file = release.target().resolve(release.name() + kind + ".tar.gz");
    TarGz.write(
        file,
        release.name(),
        tree,
        release.time(),
        name -> withJava || !(name + "/").startsWith(RUNTIME + "/"));
    return file;
  }

  /** What pip installs: a Python package that starts the tool, with the archive in it. */
  private Tree packages() throws IOException {
    Tree packages = Tree.empty(release.target().resolve("dist").resolve("wheel"));
    Tree sources =
        new Tree(release.checkout().resolve("capstan-dist").resolve("src/main/python/capstan"));
    for (Path file : sources.files()) {
      packages.put(file, "capstan/" + sources.name(file));
    }
    for (Path file : tree.files()) {
      Path place = packages.place("capstan/home/" + tree.name(file));
      Files.createLink(place, file.toRealPath());
    }
    return packages;
  }

  private String tag() throws IOException {
    return switch (release.platform()) {
      case "linux-x86_64" ->
          "manylinux_2_%d_x86_64".formatted(Glibc.minor(tree, "linux-x86_64|linux-x64"));
      case "macosx-arm64" -> "macosx_11_0_arm64";
      case "macosx-x86_64" -> "macosx_11_0_x86_64";
      default -> "win_amd64";
    };
  }

  private static void tell(List<Path> made, JavaRuntime runtime) throws IOException {
    for (Path file : made) {
      System.out.printf("%s: %.1f MB%n", file, Files.size(file) * 1e-6);
    }
    if (!runtime.isComplete()) {
      System.out.println(
          "warning: this JDK uses libraries of the system that it is installed on: so does the runtime;"
              + " for others to use it build with a JDK that brings its own");
    }
  }
}
