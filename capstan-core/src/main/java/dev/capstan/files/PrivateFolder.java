package dev.capstan.files;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that nobody else can write to or look into: what is loaded from there is what was put
 * there. Where owners and modes are not the system's way (Windows), the user's own folders are so.
 */
public final class PrivateFolder {
  private static final Logger LOG = LoggerFactory.getLogger(PrivateFolder.class);
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  private PrivateFolder() {}

  /**
   * The folder, made if it is not there, and closed to others if it was open to them; where that
   * cannot be, as in a home that is read-only, a new one among the system's temporary files.
   *
   * @throws InvalidInputException if nothing can be written there either
   */
  public static Path of(Path wanted) {
    try {
      return checked(wanted);
    } catch (IOException e) {
      LOG.warn("{}: {}; another is used for this run", wanted, e.toString());
    }
    try {
      // Of a name that nobody knows before, and of mode 0700.
      Path folder = checked(Drafts.make(PrivateFolder::temporary));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
      return folder;
    } catch (IOException e) {
      throw new InvalidInputException(
          "native libraries cannot be unpacked, neither into %s nor among temporary files: %s; give room or rights there"
              .formatted(wanted, e.toString()),
          e);
    }
  }

  private static Path temporary() throws IOException {
    Path folder = Files.createTempDirectory("capstan");
    Drafts.open(folder);
    return folder;
  }

  /** Makes a folder that is not there, closed to others from the start. */
  static Path create(Path folder) throws IOException {
    boolean modes = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    return modes
        ? Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWN))
        : Files.createDirectory(folder);
  }

  private static void remove(Path folder) {
    try {
      Disk.removeAll(folder);
    } catch (IOException e) {
      LOG.warn("{} cannot be removed: {}", folder, e.toString());
    }
  }

  private static Path checked(Path folder) throws IOException {
    Files.createDirectories(folder);
    // What the name stands for now, whatever becomes of its links.
    Path real = folder.toRealPath();
    PosixFileAttributeView view =
        Files.getFileAttributeView(real, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    // Says whether there is room, and who we are.
    Path probe = Files.createTempFile(real, ".capstan", ".tmp");
    try {
      if (view != null) {
        closeToOthers(real, view, Files.getOwner(probe));
      }
    } finally {
      Files.delete(probe);
    }
    return real;
  }

  private static void closeToOthers(Path folder, PosixFileAttributeView view, UserPrincipal self)
      throws IOException {
    if (!view.readAttributes().owner().equals(self)) {
      throw new FileSystemException(folder.toString(), null, "it is another user's");
    }
    if (!view.readAttributes().permissions().equals(OWN)) {
      view.setPermissions(OWN);
    }
  }
}
