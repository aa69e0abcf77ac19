package dev.capstan.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Another run, which asks for a lock: 0 if it got it, 7 if it did not. */
final class OtherProcess {
  private static final int REFUSED = 7;

  private OtherProcess() {}

  public static void main(String[] args) throws IOException {
    try (OutputLock lock = OutputLock.of(Path.of(args[0]))) {
      System.out.println(lock);
    } catch (InvalidInputException e) {
      System.exit(REFUSED);
    }
  }

  /** Whether another process is refused the lock. */
  static boolean isRefused(Path target) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                target.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assertThat(code).as(said).isIn(0, REFUSED);
    return code == REFUSED;
  }
}
