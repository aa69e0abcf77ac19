package dev.capstan.data.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.testing.ArrayFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of arrays: what NumPy wrote, and what nobody should. */
final class ArrayFileTest {
  @TempDir static Path folder;

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(ArrayFileTest.class.getResource(name).toURI());
  }

  private static Map<String, Constant> all(Path file) throws IOException {
    return ArrayFile.read(file, (name, type) -> true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void numbersOfAllTypesAreRead(String file) throws Exception {
    Map<String, Constant> arrays = all(resource(file));

    assertThat(arrays).hasSize(13);
    arrays.forEach(
        (name, array) -> {
          if (array.rank() == 2 && array.elements() > 0) {
            float[] expected = {0, 1, 2, 3, 4, 5};
            assertThat(array.sizes()).as(name).containsExactly(2, 3);
            assertThat(array.type().name().toLowerCase(Locale.ROOT)).isEqualTo(name);
            assertThat(ArrayFile.floats(array))
                .as(name)
                .isEqualTo(name.equals("bool") ? new float[] {0, 1, 1, 1, 1, 1} : expected);
          }
        });
    assertThat(arrays.get("float_scalar").sizes()).isEmpty();
    assertThat(arrays.get("empty").sizes()).containsExactly(0, 4);
  }

  @Test
  void aSingleArrayHasTheNameThatNumPyGivesIt() throws Exception {
    assertThat(all(resource("single.npz"))).containsOnlyKeys("arr_0");
    assertThat(all(resource("single.npy"))).containsOnlyKeys("");
  }

  @ParameterizedTest
  @CsvSource({
    "big, '>f4'",
    "fortran, ascontiguousarray",
    "text, 'U1'",
    "record, none of numbers",
    "complex, c8"
  })
  void whatIsNotTakenIsNamed(String name, String reason) throws Exception {
    Path file = resource("refused.npz");
    Path alone = ArrayFiles.only(file, name, folder.resolve(name + ".npz"));

    assertThatThrownBy(() -> all(alone))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("array '" + name + "'")
        .hasMessageContaining(reason);
  }

  /** A few bytes may say that they are terabytes, and a header that it never ends. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (100000000,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '<f4', 'shape': (3,), }",
        ""
      })
  void headersThatLieAreRefused(String header) throws IOException {
    Path file = folder.resolve("lie.npy");
    Files.write(file, npy(header, header.length()));

    assertThatThrownBy(() -> all(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("array");
  }

  @Test
  void longHeadersAndManyArraysAreRefused() throws IOException {
    Path file = folder.resolve("long.npy");
    Files.write(file, npy("{", Integer.MAX_VALUE));
    assertThatThrownBy(() -> all(file)).hasMessageContaining("header of");

    Path many = folder.resolve("many.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(many))) {
      for (int i = 0; i < 300; i++) {
        zip.putNextEntry(new ZipEntry(i + ".npy"));
      }
    }
    assertThatThrownBy(() -> all(many)).hasMessageContaining("300 arrays");
  }

  /** Only the header is read of what nobody wants. */
  @Test
  void whatIsNotWantedIsNotRead() throws IOException {
    Path file = folder.resolve("unwanted.npy");
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }";
    Files.write(file, npy(header, header.length()));

    assertThat(ArrayFile.read(file, (name, type) -> type.shape().rank() != 2)).isEmpty();
  }

  /** Bytes that were changed at random: an array, or one line, and nothing else. */
  @Test
  void damagedFilesAreReadOrRefused() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    for (String name : new String[] {"deflated.npz", "single.npy", "stored.npz"}) {
      byte[] whole = Files.readAllBytes(resource(name));
      Path file = folder.resolve("damaged-" + name);
      for (int trial = 0; trial < 100; trial++) {
        byte[] damaged = Arrays.copyOf(whole, whole.length - random.nextInt(3) * 40);
        for (int i = 0; i < 1 + trial % 4; i++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        Files.write(file, damaged);
        try {
          all(file);
        } catch (IOException e) {
          assertThat(e.getMessage()).isNotEmpty();
        }
      }
    }
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Constant array = Constant.of(DataType.FLOAT64, new float[] {1, 2, 3}, 3);
    Path file = ArrayFiles.write(folder.resolve("own.npz"), Map.of("x", array));

    assertThat(all(file).get("x").sameAs(array)).isTrue();
  }

  private static byte[] npy(String header, int length) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("\u0093NUMPY\u0002\u0000".getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array());
    bytes.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
    return bytes.toByteArray();
  }
}
