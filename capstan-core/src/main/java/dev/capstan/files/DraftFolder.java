package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder beside a file that is to be: what belongs together is written there first, and moved
 * beside the file by {@link #commit} when all of it is ready. Closing it throws away the rest.
 * While it is open no other run writes the same file.
 */
public final class DraftFolder implements AutoCloseable {
  private final Path target;
  private final LockedFolder folder;
  private final FolderAlias alias;

  private DraftFolder(Path target, LockedFolder folder, FolderAlias alias) {
    this.target = target;
    this.folder = folder;
    this.alias = alias;
  }

  /**
   * Makes the folder, empty.
   *
   * @throws InvalidInputException naming the file {@code target}, if nothing can be written there
   *     or another run is writing it
   */
  public static DraftFolder beside(Path target) {
    try {
      Path file = OutputPath.resolved(target);
      Path path = OutputLock.beside(file, "draft");
      LockedFolder folder = LockedFolder.make(file, path, Files::createDirectory);
      return new DraftFolder(file, folder, new FolderAlias(folder.path(), target.getParent()));
    } catch (InvalidInputException e) {
      throw new InvalidInputException(target + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Where the folder lies. */
  public Path path() {
    return folder.path();
  }

  /** What messages call the files in it: by where they are to go. */
  public FolderAlias alias() {
    return alias;
  }

  /**
   * Moves files of the folder into place, one after the other, for good.
   *
   * @param files by their names; where one is not there, what lies in its place is removed
   * @throws InvalidInputException if one cannot be moved
   */
  public void commit(List<Path> files) {
    if (!Drafts.take(folder.path())) {
      throw new InvalidInputException(target + ": not written, since the process ends");
    }
    for (Path file : files) {
      Path place = target.resolveSibling(file.getFileName());
      try {
        if (Files.exists(file)) {
          place(file, place);
        } else {
          Disk.remove(place);
        }
      } catch (IOException e) {
        throw unwritable(place, e);
      }
    }
  }

  private static void place(Path file, Path place) throws IOException {
    Path resolved = OutputPath.resolved(place);
    if (resolved.equals(place)) {
      Disk.replace(file, resolved);
    } else {
      // A link may lead to another disk, where nothing can be moved to in one step.
      AtomicFile.write(resolved, stream -> Files.copy(file, stream));
    }
  }

  private static InvalidInputException unwritable(Path target, IOException e) {
    return new InvalidInputException(target + ": cannot be written: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    folder.close();
  }
}
