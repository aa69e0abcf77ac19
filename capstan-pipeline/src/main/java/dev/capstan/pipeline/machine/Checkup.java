package dev.capstan.pipeline.machine;

import dev.capstan.pipeline.machine.EngineTest.Engine;
import dev.capstan.pipeline.machine.Folders.Folder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a report of a fault has to say of a machine.
 *
 * @param versions of what computes, by name
 * @param machine system, processor, cores and memory, by name
 * @param folders that files are unpacked into, written to or made in
 * @param engines what each of them did in a second
 * @param problems what will keep jobs from working, empty for nothing
 */
public record Checkup(
    Map<String, String> versions,
    Map<String, String> machine,
    List<Folder> folders,
    List<Engine> engines,
    List<String> problems) {

  /** Looks at this machine: takes some seconds, most of them to load both engines. */
  public static Checkup run() {
    List<String> problems = new ArrayList<>();
    List<Engine> engines = EngineTest.run(problems);
    // Only after both were loaded it is known where to.
    List<Folder> folders = Folders.all();
    folders.stream()
        .filter(folder -> !folder.writable())
        .forEach(folder -> problems.add(folder.path() + ": cannot be written to"));
    return new Checkup(Versions.all(), HostFacts.all(), folders, engines, problems);
  }
}
