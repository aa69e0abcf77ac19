package dev.capstan.ort;

import ai.onnxruntime.OrtEnvironment;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.onnx.ConstantRuntime;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime in a process of its own, for models that others wrote: what makes it crash, run for
 * ever or take all memory ends that process, not this one.
 *
 * <p>The process starts with the first model, runs one after the other and ends when this is
 * closed, or with this process. Not to be used by several threads at once.
 */
public final class OrtProcess implements ConstantRuntime, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OrtProcess.class);

  /** What the process may take of addresses, most of which it never touches, in KiB. */
  private static final long ADDRESSES = 3L << 20;

  private final Duration limit;
  private long leftNanos;
  private @Nullable Child child;

  /**
   * None is started yet.
   *
   * @param limit how long all models together may take
   */
  public OrtProcess(Duration limit) {
    this.limit = limit;
    this.leftNanos = limit.toNanos();
  }

  /** A running process, and the folder of what it unpacks. */
  private record Child(Process process, Path folder) {
    DataInputStream answers() {
      return new DataInputStream(process.getInputStream());
    }
  }

  /**
   * The outputs of a model without inputs, by name.
   *
   * @param model the file's bytes
   * @throws InvalidInputException in one line, if ONNX Runtime refuses the model, does not survive
   *     it, or takes longer than is left
   */
  public Map<String, Constant> outputs(byte[] model) {
    if (leftNanos <= 0) {
      // Nothing is started that nobody would wait for.
      throw late(new TimeoutException("no time is left"));
    }
    long start = System.nanoTime();
    CompletableFuture<Map<String, Constant>> answer =
        CompletableFuture.supplyAsync(() -> exchange(model));
    try {
      return answer.get(leftNanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      close();
      throw late(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InvalidInputException refusal) {
        throw refusal;
      }
      close();
      throw new InvalidInputException("ONNX Runtime does not survive it: " + e.getCause(), e);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new InvalidInputException("interrupted", e);
    } finally {
      leftNanos -= System.nanoTime() - start;
    }
  }

  private InvalidInputException late(Exception cause) {
    return new InvalidInputException(
        "ONNX Runtime takes longer than %d s".formatted(limit.toSeconds()), cause);
  }

  /** The same; none where it throws. */
  @Override
  public Map<String, Constant> run(byte[] model) {
    try {
      return outputs(model);
    } catch (InvalidInputException e) {
      LOG.debug("left to a run: {}", e.getMessage());
      return Map.of();
    }
  }

  private Map<String, Constant> exchange(byte[] model) {
    try {
      Child running = child;
      if (running == null || !running.process.isAlive()) {
        close();
        running = start();
        child = running;
      }
      DataOutputStream questions =
          new DataOutputStream(new BufferedOutputStream(running.process.getOutputStream()));
      questions.writeInt(model.length);
      questions.write(model);
      questions.flush();
      return answer(running.answers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Constant> answer(DataInputStream answers) throws IOException {
    int count = answers.readInt();
    if (count < 0) {
      throw new InvalidInputException(answers.readUTF());
    }
    Map<String, Constant> outputs = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      outputs.put(answers.readUTF(), ConstantStream.read(answers));
    }
    return outputs;
  }

  private static Child start() throws IOException {
    Path folder = Files.createTempDirectory("capstan-ort");
    return new Child(launch(folder), folder);
  }

  /** Starts a process that unpacks what it needs into the folder. */
  static Process launch(Path folder) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(folder));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    // It would say on its error stream what it picked up, or take more memory.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.start();
  }

  /** The process, null if none runs. */
  @Nullable ProcessHandle handle() {
    Child running = child;
    return running == null ? null : running.process.toHandle();
  }

  /** A small Java; where there is a shell, it limits the addresses too, ONNX Runtime's included. */
  private static List<String> command(Path folder) {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-Xss1m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:CompressedClassSpaceSize=32m",
            "-XX:ReservedCodeCacheSize=32m",
            "-Xshare:auto",
            "-Djava.io.tmpdir=" + folder,
            "-cp",
            classPath(),
            OrtChild.class.getName());
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/bin/sh"))) {
      // Where the limit cannot be set it is not: the one on time is left.
      String limited = "ulimit -v %d 2>/dev/null; exec \"$@\"".formatted(ADDRESSES);
      command.addAll(List.of("/bin/sh", "-c", limited, "sh"));
    }
    command.addAll(java);
    return command;
  }

  /** Of the little that the process needs, wherever it was loaded from. */
  private static String classPath() {
    Stream<Class<?>> needed =
        Stream.of(OrtChild.class, Constant.class, OrtEnvironment.class, Nullable.class);
    return needed
        .map(OrtProcess::place)
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

  /** Ends the process, if one runs, and removes what it unpacked. */
  @Override
  public void close() {
    Child running = child;
    child = null;
    if (running == null) {
      return;
    }
    running.process.destroyForcibly();
    try (Stream<Path> files = Files.walk(running.folder)) {
      running.process.waitFor();
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.debug("{} is left", running.folder, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
