package dev.capstan.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * The Java that an archive brings: what of the JDK that builds it the tool needs.
 *
 * @param home where it lies
 */
record JavaRuntime(Path home) {
  /** Found by jdeps, and what is looked up by name at run time. */
  private static final String MODULES =
      "java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,"
          + "java.sql,java.xml,jdk.management,jdk.unsupported";

  /**
   * Makes one.
   *
   * @throws IOException if this is no JDK with jlink, or it fails
   */
  static JavaRuntime make(Path home) throws IOException {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() -> new IOException("a JDK with jlink is needed"));
    int failed =
        jlink.run(
            System.out,
            System.err,
            "--add-modules=" + MODULES,
            "--strip-debug",
            // Classes that it makes in another order each time; the archive of classes has the
            // same.
            "--disable-plugin=generate-jli-classes",
            "--no-header-files",
            "--no-man-pages",
            "--output=" + home);
    if (failed != 0) {
      throw new IOException("jlink ended with " + failed);
    }
    JavaRuntime runtime = new JavaRuntime(home);
    runtime.archiveClasses();
    return runtime;
  }

  /**
   * Its own classes, laid out for a fast start. An address of the process that does it gets into
   * them: the same each time where the system can be asked to draw none.
   */
  private void archiveClasses() throws IOException {
    Path log = home.resolve("dump.log");
    boolean fixed = code(List.of("setarch", "-R", "true"), log) == 0;
    List<String> command = new ArrayList<>(fixed ? List.of("setarch", "-R") : List.of());
    command.addAll(List.of(java(), "-Xshare:dump", "-Xlog:disable", "-Xlog:all=error:stderr"));
    if (code(command, log) != 0) {
      throw new IOException(command + " failed");
    }
    Files.delete(log);
    if (!fixed) {
      System.err.println(
          "warning: setarch -R does not work here: the archive of classes is another in each build");
    }
  }

  /**
   * Whether it brings all the libraries that it loads. JDKs of Linux distributions use those of the
   * system that they are installed on.
   */
  boolean isComplete() {
    return Files.exists(home.resolve("lib").resolve(System.mapLibraryName("freetype")));
  }

  /** Runs Java with these words; what it prints goes to a file. */
  void run(List<String> words, Path output) throws IOException {
    List<String> command = new ArrayList<>(words);
    command.add(0, java());
    int code = code(command, output);
    if (code != 0) {
      throw new IOException(words + " ended with " + code);
    }
  }

  private String java() {
    return home.resolve("bin").resolve("java").toString();
  }

  /** Exit code of a program; 127, as a shell says, where there is none of that name. */
  private static int code(List<String> command, Path output) throws IOException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      return 127;
    }
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      throw new IOException(e);
    }
  }
}
