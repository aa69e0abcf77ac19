package dev.capstan.files;

import static java.util.Objects.requireNonNull;

import dev.capstan.error.InvalidInputException;
import java.io.File;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What messages call the files of a folder of a job's own: by where they came from, or are to go.
 * Its user never saw the folder, and it is gone when he reads of it.
 *
 * @param folder where files lie
 * @param called the folder that is named in its place; null for the working folder
 */
public record FolderAlias(Path folder, @Nullable Path called) {
  /** What a file is called. */
  public static FolderAlias of(Path file, Path name) {
    return new FolderAlias(requireNonNull(file.toAbsolutePath().getParent()), name.getParent());
  }

  /**
   * Does work, whose errors call files as they should.
   *
   * @throws InvalidInputException as the work throws it
   */
  public <T> T in(Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidInputException e) {
      String message = String.valueOf(e.getMessage());
      String named = named(message);
      throw named.equals(message) ? e : new InvalidInputException(named, e);
    }
  }

  /** A text in which files are called so. */
  public String named(String text) {
    String prefix = called == null ? "" : called.resolve("x").toString().replaceFirst("x$", "");
    String named = text.replace(folder.toAbsolutePath() + File.separator, prefix);
    Path here = Path.of("").toAbsolutePath();
    return folder.toAbsolutePath().startsWith(here)
        ? named.replace(here.relativize(folder.toAbsolutePath()) + File.separator, prefix)
        : named;
  }
}
