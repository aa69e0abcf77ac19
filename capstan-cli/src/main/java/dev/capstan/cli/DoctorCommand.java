package dev.capstan.cli;

import dev.capstan.cli.help.Example;
import dev.capstan.cli.table.CheckupText;
import dev.capstan.pipeline.machine.Checkup;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code capstan doctor}: what a report of a fault has to say. */
@Example("doctor")
@Command(
    name = "doctor",
    description = {
      "Tell versions, processor, memory, limits and folders, and run a small network for half a"
          + " second in libtorch and in ONNX Runtime.",
      "Exit code 1 if something will keep jobs from working. Put what it prints into a bug report."
    })
final class DoctorCommand implements Callable<Integer> {
  private final RootCommand root;

  DoctorCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Checkup checkup = Checkup.run();
    root.print(checkup, () -> CheckupText.of(checkup));
    return checkup.problems().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
