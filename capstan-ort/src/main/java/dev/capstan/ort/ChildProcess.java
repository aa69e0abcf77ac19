package dev.capstan.ort;

import ai.onnxruntime.OrtEnvironment;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running {@link OrtChild}: how it is started, asked and watched. */
final class ChildProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

  /** Without core dumps, and the first to go where the system runs out of memory. */
  private static final String QUIETLY =
      "ulimit -c 0 2>/dev/null; { echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null; exec \"$@\"";

  private final Process process;

  private ChildProcess(Process process) {
    this.process = process;
  }

  /** A model that is not run, with the reason. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
      super(message);
    }
  }

  static ChildProcess start() {
    ProcessBuilder builder = new ProcessBuilder(command());
    // It would say on its error stream what it picked up, or take more memory.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    try {
      Process process = builder.start();
      Thread drain = new Thread(() -> log(process.errorReader()), "capstan-ort-log");
      drain.setDaemon(true);
      drain.start();
      return new ChildProcess(process);
    } catch (IOException e) {
      throw new InvalidInputException(
          "a process for models of others cannot be started: " + e.getMessage(), e);
    }
  }

  private static void log(BufferedReader lines) {
    try (lines) {
      lines.lines().forEach(line -> LOG.debug("ONNX Runtime's process: {}", line));
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("ONNX Runtime's process is gone", e);
    }
  }

  private static List<String> command() {
    Stream<String> shell =
        Files.isExecutable(Path.of("/bin/sh"))
            ? Stream.of("/bin/sh", "-c", QUIETLY, "sh")
            : Stream.empty();
    Stream<String> java =
        Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-Xss1m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-XX:-UsePerfData",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:+SuppressFatalErrorMessage",
            "-cp",
            classPath());
    return Stream.of(shell, java, OrtNatives.option(), Stream.of(OrtChild.class.getName()))
        .flatMap(part -> part)
        .toList();
  }

  /** Of the little that the process needs, wherever it was loaded from. */
  private static String classPath() {
    return Stream.of(
            OrtChild.class, Constant.class, OrtEnvironment.class, Nullable.class, Logger.class)
        .map(ChildProcess::place)
        .distinct()
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  private static String place(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    try {
      return Path.of(source.getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no place of " + type, e);
    }
  }

  /**
   * Asks and waits for the answer.
   *
   * @throws Refusal if the model is not run
   * @throws UncheckedIOException if the process ends
   */
  <T> T exchange(Question<T> question) {
    try {
      ask(question);
      DataInputStream answers = new DataInputStream(process.getInputStream());
      if (answers.readInt() < 0) {
        throw new Refusal(answers.readUTF());
      }
      return question.readAnswer(answers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void ask(Question<?> question) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    question.write(new DataOutputStream(bytes));
    DataOutputStream questions = new DataOutputStream(process.getOutputStream());
    questions.writeInt(bytes.size());
    bytes.writeTo(questions);
    questions.flush();
  }

  /** Asks nothing more, as where this process has ended. */
  void hangUp() throws IOException {
    process.getOutputStream().close();
  }

  /** The processor's time that the process has had; 0 where the system does not tell. */
  Duration worked() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Memory that the process holds; 0 where the system does not tell. */
  long residentBytes() {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  void end() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
