package dev.capstan.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is read and written: regular files, whole, by one run at a time. */
@Tag("trust")
final class FilesTest {
  @TempDir Path folder;

  private static void write(Path file, String text) {
    AtomicFile.write(file, stream -> stream.write(text.getBytes(UTF_8)));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  @Timeout(20)
  void whatIsNoRegularFileIsNeitherReadNorReplaced() throws IOException {
    for (Path special : SpecialFiles.all(folder)) {
      Path link = Files.createSymbolicLink(folder.resolve("link"), special);
      for (Path file : List.of(special, link)) {
        assertThatThrownBy(() -> InputFile.text(file))
            .isInstanceOf(InvalidInputException.class)
            .hasMessage(file + ": expected a regular file, found a pipe, socket or device");
        assertThatThrownBy(() -> write(file, "new"))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("is a pipe, socket or device");
        assertThatThrownBy(() -> DraftFolder.beside(file))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("is a pipe, socket or device");
      }
      assertThat(Files.isRegularFile(special)).isFalse();
      assertThat(special).exists();
      Files.delete(link);
    }
    assertThat(names()).containsExactly("pipe", "socket");
  }

  @Test
  void whatALinkPointsToIsReplacedAndTheLinkStays() throws IOException {
    Path deep = Files.createDirectory(folder.resolve("deep"));
    Path target = deep.resolve("target");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("deep", "target"));
    Path second = Files.createSymbolicLink(folder.resolve("second"), Path.of("link"));
    for (String text : List.of("made where there was nothing", "replaced")) {
      write(second, text);
      assertThat(target).isRegularFile().hasContent(text);
      assertThat(Files.isSymbolicLink(target)).isFalse();
      assertThat(link).isSymbolicLink();
      assertThat(second).isSymbolicLink();
    }
    assertThat(names()).containsExactly("deep", "link", "second");
  }

  @Test
  void linksThatGoInCirclesAreRefused() throws IOException {
    Path one = folder.resolve("one");
    Path two = Files.createSymbolicLink(folder.resolve("two"), one);
    Files.createSymbolicLink(one, two);
    assertThatThrownBy(() -> write(one, ""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("links lead nowhere");
  }

  @Test
  void anOutputIsOneRunsAtATime() throws IOException {
    Path file = folder.resolve("x");
    try (DraftFolder first = DraftFolder.beside(file)) {
      assertThatThrownBy(() -> DraftFolder.beside(file))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(file + ": another run is writing it: wait for its end, or give another name");
      assertThatThrownBy(() -> write(file, ""))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("another run is writing it");
      assertThatCode(() -> write(folder.resolve("y"), "")).doesNotThrowAnyException();
      assertThat(first.path()).isDirectory();
    }
    write(file, "after");
    assertThat(names()).containsExactly("x", "y");
  }

  /** However many ask at once, and however often the lock's file comes and goes, one has it. */
  @Test
  void aLockIsHeldByOne() throws Exception {
    Path file = folder.resolve("x");
    int[] held = {0};
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        all.add(pool.submit(() -> lockOften(file, held)));
      }
      int times = 0;
      for (Future<Integer> one : all) {
        times += one.get();
      }
      assertThat(held[0]).isEqualTo(times).isPositive();
    } finally {
      pool.shutdownNow();
    }
    assertThat(names()).isEmpty();
  }

  /** A process's locks end when it closes the file anywhere: nothing it does may open it. */
  @Test
  void aLockHoldsAgainstOtherProcesses() throws Exception {
    Path file = folder.resolve("x");
    try (OutputLock lock = OutputLock.of(file)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> OutputLock.of(file)).isInstanceOf(InvalidInputException.class);
      assertThat(OtherProcess.isRefused(file)).isTrue();
    }
    assertThat(OtherProcess.isRefused(file)).isFalse();
  }

  /** Counts without any other guard than the lock. */
  private static int lockOften(Path file, int[] held) throws IOException {
    int times = 0;
    for (int i = 0; i < 300; i++) {
      try (OutputLock lock = OutputLock.of(file)) {
        assertThat(lock).isNotNull();
        int before = held[0];
        Thread.onSpinWait();
        held[0] = before + 1;
        times++;
      } catch (InvalidInputException busy) {
        Thread.onSpinWait();
      }
    }
    return times;
  }

  @Test
  void whatAKilledRunLeftIsRemoved() throws IOException {
    Path file = folder.resolve("x");
    Files.writeString(folder.resolve(".x.lock"), "a run that is no more");
    Files.writeString(folder.resolve(".x.tmp"), "half");
    Path left = Files.createDirectories(folder.resolve(".x.draft").resolve("deep"));
    Files.writeString(left.resolve("half"), "half");
    Path kept = Files.writeString(folder.resolve("kept"), "kept");
    Files.createSymbolicLink(left.resolve("link"), kept);
    try (DraftFolder draft = DraftFolder.beside(file)) {
      assertThat(draft.path()).isEmptyDirectory();
    }
    write(file, "whole");
    assertThat(names()).containsExactly("kept", "x");
    assertThat(kept).hasContent("kept");
  }

  @Test
  void filesOfADraftComeTogetherAndWhatIsStaleGoes() throws IOException {
    Files.writeString(folder.resolve("x"), "old");
    Files.writeString(folder.resolve("x.data"), "stale");
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("record");
    Files.createSymbolicLink(folder.resolve("x.json"), elsewhere);
    try (DraftFolder draft = DraftFolder.beside(folder.resolve("x"))) {
      Path model = Files.writeString(draft.path().resolve("x"), "new");
      Path record = Files.writeString(draft.path().resolve("x.json"), "{}");
      draft.commit(List.of(model, draft.path().resolve("x.data"), record));
    }
    assertThat(names()).containsExactly("elsewhere", "x", "x.json");
    assertThat(folder.resolve("x")).hasContent("new");
    assertThat(elsewhere).hasContent("{}");
  }

  @Test
  void aTextIsBoundedAndUtf8() throws IOException {
    Path file = folder.resolve("text");
    Files.write(file, new byte[] {(byte) 0xc3, (byte) 0x28});
    assertThatThrownBy(() -> InputFile.text(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(file + ": expected text in UTF-8, found other bytes");
    Files.write(file, new byte[InputFile.MAX_TEXT]);
    assertThat(InputFile.text(file)).hasSize(InputFile.MAX_TEXT);
    Files.write(file, new byte[InputFile.MAX_TEXT + 1]);
    assertThatThrownBy(() -> InputFile.text(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at most 16777216 bytes, found 16777217");
  }

  @Test
  void aPrivateFolderIsClosedToOthers() throws IOException {
    Assumptions.assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    for (Path wanted : List.of(open, folder.resolve("deep").resolve("new"))) {
      Path found = PrivateFolder.of(wanted);
      assertThat(found).isEqualTo(wanted.toRealPath()).isEmptyDirectory();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(found)))
          .isEqualTo("rwx------");
    }
  }

  /** As where the home is read-only: the place instead is known to nobody before. */
  @Test
  void whereNothingCanBeWrittenAnotherFolderIsTaken() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path one = PrivateFolder.of(file.resolve("cache"));
    Path two = PrivateFolder.of(file.resolve("cache"));
    assertThat(one).isEmptyDirectory().isNotEqualTo(two);
    assertThat(Files.getPosixFilePermissions(one)).hasSize(3);
  }

  @Test
  void temporaryFoldersOfKilledRunsAreRemovedAndOthersStay() throws IOException {
    Path left = Path.of(System.getProperty("java.io.tmpdir"), "capstan-run-left");
    Files.createDirectories(left);
    Files.writeString(left.resolve("model.onnx"), "half");
    try (TemporaryFolder first = TemporaryFolder.make();
        TemporaryFolder second = TemporaryFolder.make()) {
      assertThat(left).doesNotExist();
      assertThat(first.path()).isEmptyDirectory().isNotEqualTo(second.path());
      Files.writeString(first.path().resolve("model.onnx"), "whole");
      second.close();
      assertThat(second.path()).doesNotExist();
      first.close();
      assertThat(first.path()).doesNotExist();
    }
  }

  /**
   * A process that ends in the middle of its work: nothing is left, and nothing more is written.
   */
  @Test
  void whatIsAbandonedIsGoneAndStaysSo() throws IOException {
    write(folder.resolve("old"), "old");
    DraftFolder draft = DraftFolder.beside(folder.resolve("old"));
    Path half = Files.writeString(draft.path().resolve("old"), "half");
    AtomicFile file =
        AtomicFile.of(folder.resolve("other"), stream -> stream.write("half".getBytes(UTF_8)));

    Drafts.abandon();

    assertThat(names()).containsExactly("old");
    assertThatThrownBy(() -> draft.commit(List.of(half))).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(file::commit).isInstanceOf(InvalidInputException.class);
    draft.close();
    file.close();
    assertThat(folder.resolve("old")).hasContent("old");
    assertThat(names()).containsExactly("old");
  }
}
