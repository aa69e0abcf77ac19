package dev.capstan.data.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.PerClass;
import dev.capstan.data.Split;
import dev.capstan.data.shapes.ShapeImages;
import dev.capstan.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetsTest {
  private static final ImageDecoder DECODER = new ImageIoDecoder();
  private static final ShapeImages SHAPES = new ShapeImages(8, 40);

  @TempDir private Path temp;

  private static Dataset open(Path path, String... classes) {
    return Datasets.inOrder(Datasets.open(path, Split.TRAIN), List.of(classes), path);
  }

  private static byte[] pixels(Dataset set, int index) throws IOException {
    return set.image(index, DECODER).pixels();
  }

  private Path shapes() {
    Path folder = temp.resolve("shapes");
    PngFolder.write(SHAPES, DECODER, folder);
    return folder;
  }

  private static void assertRefused(Path path, String... words) {
    assertThatThrownBy(() -> open(path))
        .isInstanceOf(InvalidInputException.class)
        .message()
        .contains(words)
        .contains(path.toString())
        .doesNotContain("\n");
  }

  private Path write(String name, byte[] bytes) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  @Test
  void aFolderGivesTheClassesInAlphabeticalOrderAndTheFilesSorted() throws IOException {
    Dataset set = open(shapes());
    assertThat(set.classes()).isEqualTo(SHAPES.classes()).isSorted();
    assertThat(set.size()).isEqualTo(40);
    for (int i = 0; i < 40; i++) {
      int original = i % 4 * 10 + i / 4;
      assertThat(set.label(i)).isEqualTo(SHAPES.label(original));
      assertThat(set.name(i)).endsWith("%06d.png".formatted(original));
      assertThat(pixels(set, i)).isEqualTo(pixels(SHAPES, original));
    }
  }

  @Test
  void hiddenAndForeignFilesAreLeftOutAndNestedOnesFound() throws IOException {
    byte[] png = PngFolder.png(SHAPES.image(0, DECODER));
    write("set/a/2.PNG", png);
    write("set/a/deep/er/1.jpeg", png);
    write("set/a/.hidden.png", png);
    write("set/a/.deep/3.png", png);
    write("set/a/notes.txt", png);
    write("set/b/x.png", png);
    write("set/.c/x.png", png);
    Dataset set = open(temp.resolve("set"));
    assertThat(set.classes()).containsExactly("a", "b");
    assertThat(IntStream.range(0, set.size()).mapToObj(i -> Path.of(set.name(i))))
        .containsExactly(
            temp.resolve("set/a/2.PNG"),
            temp.resolve("set/a/deep/er/1.jpeg"),
            temp.resolve("set/b/x.png"));
    write("set/README.md", png);
    write("set/y.png", png);
    assertThat(open(temp.resolve("set")).notes())
        .singleElement()
        .asString()
        .contains(
            "3 hidden entries (a/.deep, a/.hidden.png, .c)", "2 files", "a/notes.txt, README.md")
        .contains("1 image of no class (y.png)");
  }

  @Test
  void aClassWithoutImagesKeepsItsPlace() throws IOException {
    byte[] png = PngFolder.png(SHAPES.image(0, DECODER));
    write("set/a/1.png", png);
    Files.createDirectory(temp.resolve("set/b"));
    write("set/c/2.png", png);
    Dataset set = open(temp.resolve("set"));
    assertThat(set.classes()).containsExactly("a", "b", "c");
    assertThat(set.label(1)).isEqualTo(2);
    assertThat(set.notes()).singleElement().asString().endsWith("1 class (b) without an image");
  }

  @Test
  void withoutLabelsAllImagesAreTakenWhereverTheyLie() throws IOException {
    byte[] png = PngFolder.png(SHAPES.image(0, DECODER));
    for (String name : List.of("0.webp", "monday/1.BMP", "tuesday/noon/2.tif", "tuesday/3.gif")) {
      write("set/" + name, png);
    }
    Dataset set = open(temp.resolve("set"));
    assertThat(set.size()).isEqualTo(3);
    assertThat(set.withoutLabels().size()).isEqualTo(4);
    assertThat(set.withoutLabels().isLabelled()).isFalse();
    assertThat(set.withoutLabels().notes()).isEmpty();
  }

  @Test
  void foldersWithoutImagesAreNoClasses() throws IOException {
    write("set/x.png", PngFolder.png(SHAPES.image(0, DECODER)));
    Files.createDirectory(temp.resolve("set/empty"));
    assertThat(open(temp.resolve("set")).isLabelled()).isFalse();
    assertThat(open(temp.resolve("set")).size()).isEqualTo(1);
  }

  @Test
  void aLinkToAFolderAboveEndsNothing() throws IOException {
    write("set/a/x.png", PngFolder.png(SHAPES.image(0, DECODER)));
    Files.createSymbolicLink(temp.resolve("set/a/up"), temp.resolve("set"));
    assertThat(open(temp.resolve("set")).withoutLabels().size()).isEqualTo(1);
  }

  @Test
  void namesOfAnyKindAreRead() throws IOException {
    String odd = "set/c ü 数/a photo'0\n (1).PNG";
    write(odd, PngFolder.png(SHAPES.image(0, DECODER)));
    Dataset set = open(temp.resolve("set"));
    assertThat(set.name(0)).isEqualTo(temp.resolve(odd).toString());
    assertThat(pixels(set, 0)).isEqualTo(pixels(SHAPES, 0));
  }

  /** Fewer classes than outputs fit where their names are the outputs' numbers. */
  @Test
  void classesFitANetworkByNumberOrByName() throws IOException {
    byte[] png = PngFolder.png(SHAPES.image(0, DECODER));
    write("set/0/x.png", png);
    write("set/1/x.png", png);
    Dataset numbers = open(temp.resolve("set"));
    assertThat(IntStream.range(0, 5).filter(numbers::fits).toArray()).containsExactly(2, 3, 4);
    Files.move(temp.resolve("set/1"), temp.resolve("set/2"));
    Dataset others = open(temp.resolve("set"));
    assertThat(IntStream.range(0, 5).filter(others::fits).toArray()).containsExactly(2);
  }

  @Test
  void aLineOfNamesMayGoOnAsThoseOfImageNetDo() throws IOException {
    byte[] png = PngFolder.png(SHAPES.image(0, DECODER));
    write("set/n02/x.png", png);
    Dataset set = open(temp.resolve("set"), "n01 tench, Tinca tinca", "n02 goldfish");
    assertThat(set.classes()).containsExactly("n01", "n02");
    assertThat(set.label(0)).isEqualTo(1);
  }

  @Test
  void aClassOrderMovesTheLabels() {
    List<String> order = new ArrayList<>(SHAPES.classes());
    Collections.reverse(order);
    order.add(0, "other");
    Dataset set = Datasets.inOrder(Datasets.open(shapes(), Split.TRAIN), order, temp);
    assertThat(set.classes()).isEqualTo(order);
    assertThat(set.label(0)).isEqualTo(10);
    assertThat(set.label(39)).isEqualTo(1);
  }

  @Test
  void aClassMissingFromTheOrderIsNamed() {
    Path folder = shapes();
    assertThatThrownBy(() -> open(folder, "disc", "wheel"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("not among the 2 class names given: checker, crescent")
        .hasMessageContaining("disc, wheel");
  }

  @Test
  void looseImagesHaveNoLabels() throws IOException {
    write("flat/b.png", PngFolder.png(SHAPES.image(1, DECODER)));
    write("flat/a.png", PngFolder.png(SHAPES.image(0, DECODER)));
    Dataset set = open(temp.resolve("flat"));
    assertThat(set.isLabelled()).isFalse();
    assertThat(set.label(1)).isEqualTo(Dataset.UNLABELLED);
    assertThat(pixels(set, 1)).isEqualTo(pixels(SHAPES, 1));
  }

  @Test
  void whatIsNoSetIsRefusedInOneLine() throws IOException {
    assertRefused(temp.resolve("missing"), "no such file or folder");
    assertRefused(Files.createDirectory(temp.resolve("empty")), "no images");
    assertRefused(write("file.txt", new byte[3]), "expected a folder");
    assertRefused(write("cut.bin", new byte[3072]), "3072 bytes", "3073");
    assertRefused(write("text.tar", "no tar, but long\n".repeat(100).getBytes(UTF_8)), "tar");
    write("classes/a/x.heic", new byte[3]);
    assertRefused(temp.resolve("classes"), "found 1 file (a/x.heic)", "WebP");
    write("both/train/a/x.png", new byte[3]);
    write("both/test/a/x.png", new byte[3]);
    assertRefused(temp.resolve("both"), "give one of test, train");
  }

  @Test
  void aDamagedFileIsAnIoException() throws IOException {
    write("set/a/x.png", "text".getBytes(UTF_8));
    Dataset set = open(temp.resolve("set"));
    assertThatThrownBy(() -> pixels(set, 0)).isInstanceOf(IOException.class);
  }

  @Test
  void classNamesAreReadOneALine() throws IOException {
    Path file = write("names.txt", "b\n\n a \nc".getBytes(UTF_8));
    assertThat(Datasets.readClasses(file)).containsExactly("b", "a", "c");
    Path twice = write("twice.txt", "b\na\nb".getBytes(UTF_8));
    assertThatThrownBy(() -> Datasets.readClasses(twice)).hasMessageContaining("'b'");
    Path binary = write("binary.txt", new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0xc0});
    assertThatThrownBy(() -> Datasets.readClasses(binary)).hasMessageContaining("binary.txt");
  }

  /** The shapes from one index to another as records, after so many bytes of label. */
  private static byte[] records(int from, int to, int labelBytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = from; i < to; i++) {
      for (int k = 1; k < labelBytes; k++) {
        bytes.write(77);
      }
      bytes.write(SHAPES.label(i));
      byte[] rgb = pixels(SHAPES, i);
      for (int c = 0; c < 3; c++) {
        for (int at = c; at < rgb.length; at += 3) {
          bytes.write(rgb[at]);
        }
      }
    }
    return bytes.toByteArray();
  }

  private static void assertIsShapes(Dataset set, int from, int to) throws IOException {
    assertThat(set.size()).isEqualTo(to - from);
    for (int i = from; i < to; i++) {
      assertThat(set.classes().get(set.label(i - from)))
          .isEqualTo(SHAPES.classes().get(SHAPES.label(i)));
      assertThat(pixels(set, i - from)).isEqualTo(pixels(SHAPES, i));
    }
  }

  @Test
  void cifar10IsReadFromItsBinaryFiles() throws IOException {
    write("cifar/data_batch_1.bin", records(0, 15, 1));
    write("cifar/data_batch_2.bin", records(15, 20, 1));
    write("cifar/test_batch.bin", records(20, 40, 1));
    Path folder = temp.resolve("cifar");
    assertThat(open(folder).classes()).containsExactly("0 1 2 3 4 5 6 7 8 9".split(" "));
    write("cifar/batches.meta.txt", String.join("\n", SHAPES.classes()).getBytes(UTF_8));
    assertIsShapes(open(folder), 0, 20);
    assertIsShapes(Datasets.open(folder, Split.TEST), 20, 40);
    assertIsShapes(open(folder.resolve("data_batch_2.bin")), 15, 20);
    assertThat(open(folder).name(16)).endsWith("data_batch_2.bin, record 1");
    List<String> order = SHAPES.classes().stream().sorted(Collections.reverseOrder()).toList();
    assertIsShapes(open(folder, order.toArray(String[]::new)), 0, 20);
  }

  @Test
  void cifar100TakesTheFineClass() throws IOException {
    write("cifar/train.bin", records(0, 20, 2));
    Dataset set = open(temp.resolve("cifar"));
    assertThat(set.classes()).hasSize(100);
    assertThat(set.label(13)).isEqualTo(3);
    assertThat(pixels(set, 13)).isEqualTo(pixels(SHAPES, 13));
  }

  private Path tar(String name, List<String> members, List<byte[]> contents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (int i = 0; i < members.size(); i++) {
        TarArchiveEntry entry = new TarArchiveEntry(members.get(i), true);
        entry.setSize(contents.get(i).length);
        tar.putArchiveEntry(entry);
        tar.write(contents.get(i));
        tar.closeArchiveEntry();
      }
    }
    return write(name, bytes.toByteArray());
  }

  private void shard(String name, int from, int to, boolean byName) throws IOException {
    List<String> members = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    for (int i = from; i < to; i++) {
      String key = "./part/" + "long".repeat(i % 3 * 20) + "%06d".formatted(i);
      String label = byName ? SHAPES.classes().get(SHAPES.label(i)) : "" + SHAPES.label(i);
      byte[] image = PngFolder.png(SHAPES.image(i, DECODER));
      boolean imageFirst = i % 2 == 0;
      members.add(key + (imageFirst ? ".png" : ".cls"));
      members.add(key + (imageFirst ? ".txt" : ".png"));
      contents.add(imageFirst ? image : label.getBytes(UTF_8));
      contents.add(imageFirst ? (label + "\n").getBytes(UTF_8) : image);
    }
    tar(name, members, contents);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tarShardsHoldTheSameAsTheFolder(boolean byName) throws IOException {
    shard("shards/a-0.tar", 0, 25, byName);
    shard("shards/a-1.tar", 25, 40, byName);
    String[] order = byName ? new String[0] : SHAPES.classes().toArray(new String[0]);
    assertIsShapes(open(temp.resolve("shards"), order), 0, 40);
    assertThat(open(temp.resolve("shards/a-1.tar"), order).name(0)).contains("a-1.tar", "000025");
  }

  @Test
  void nothingOfAnArchiveIsWrittenAnywhere() throws IOException {
    byte[] png = PngFolder.png(SHAPES.image(0, DECODER));
    Path tar = tar("in/evil.tar", List.of("../../x.png", "/y.png"), List.of(png, png));
    Dataset set = open(tar);
    assertThat(set.isLabelled()).isFalse();
    assertThat(pixels(set, 1)).isEqualTo(pixels(SHAPES, 0));
    try (var files = Files.walk(temp)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactly(tar);
    }
  }

  @Test
  void aTarFileThatIsCutShortOrLacksALabelIsRefused() throws IOException {
    byte[] png = PngFolder.png(SHAPES.image(0, DECODER));
    Path whole = tar("whole.tar", List.of("a.png", "b.png"), List.of(png, new byte[100_000]));
    byte[] bytes = Files.readAllBytes(whole);
    assertRefused(write("cut.tar", Arrays.copyOf(bytes, 50_000)), "b.png", "cut short");
    Path half =
        tar("half.tar", List.of("a.png", "a.cls", "b.png"), List.of(png, new byte[] {'1'}, png));
    assertRefused(half, "b.png", "no label");
  }

  @Test
  void partsOfEachClass() {
    int[] last = PerClass.last(SHAPES, 1);
    assertThat(last).containsExactly(IntStream.range(30, 40).toArray());
    assertThat(PerClass.allButLast(SHAPES, 1)).containsExactly(IntStream.range(0, 30).toArray());
    assertThat(PerClass.last(SHAPES, 9)).hasSize(40);
  }

  @Test
  void aFolderThatHoldsSomethingIsNotOverwritten() throws IOException {
    Path kept = write("shapes/mine.txt", new byte[1]);
    assertThatThrownBy(this::shapes)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("shapes");
    try (var files = Files.walk(temp)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactly(kept);
    }
  }

  @Test
  void namesAreKeptWhateverTheirScript() {
    Names names = new Names();
    List<String> expected =
        IntStream.range(0, 5000).mapToObj(i -> "éß漢😀".repeat(i % 7) + i).toList();
    expected.forEach(names::add);
    assertThat(IntStream.range(0, names.size()).mapToObj(names::get).toList()).isEqualTo(expected);
  }
}
