package dev.capstan.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The tool as a process of its own, whose words go to a file. */
record ToolProcess(Process process, Path words) {
  /** What takes longer, however busy the machine is, hangs. */
  private static final int LONGEST_MINUTES = 10;

  static ToolProcess start(Path words, List<String> arguments) throws IOException {
    return start(System.getProperty("java.class.path"), words, arguments);
  }

  static ToolProcess start(String classPath, Path words, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                classPath,
                Main.class.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    return new ToolProcess(builder.redirectOutput(words.toFile()).start(), words);
  }

  /** A small program of the tests. */
  static Process program(Class<?> main, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command).inheritIO().start();
  }

  /** The exit code, once it has ended by itself. */
  int code() throws InterruptedException {
    if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("it does not end");
    }
    return process.exitValue();
  }

  String said() throws IOException {
    return Files.readString(words);
  }
}
