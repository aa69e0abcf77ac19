package dev.capstan.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("trust")
class SafetensorsTest {
  private static final String ENTRY =
      "\"%s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}";

  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadAgain() {
    Map<String, Constant> tensors = tensorsOfEveryType();
    Map<String, String> metadata = Map.of("made by", "a test, \"quoted\" & ünïcode");
    Path file = folder.resolve("all.safetensors");

    SafetensorsWriter.write(tensors, metadata, file);
    Safetensors read = SafetensorsReader.read(file);

    assertThat(read.metadata()).isEqualTo(metadata);
    assertThat(read.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
    tensors.forEach((name, tensor) -> assertThat(read.tensors().get(name).sameAs(tensor)).isTrue());
    assertThat(WeightFile.read(file).keySet()).containsExactlyElementsOf(tensors.keySet());
  }

  private static Map<String, Constant> tensorsOfEveryType() {
    SplittableRandom random = new SplittableRandom(3);
    Map<String, Constant> tensors = new LinkedHashMap<>();
    for (DataType type : DataType.values()) {
      byte[] bytes = new byte[6 * type.bytes()];
      random.nextBytes(bytes);
      tensors.put(type.name(), Constant.view(type, new long[] {2, 1, 3}, ByteBuffer.wrap(bytes)));
    }
    tensors.put("scalar", Constant.of(new long[] {7}));
    tensors.put("empty", Constant.of(new float[0], 0, 5));
    return tensors;
  }

  @Test
  void theSameTensorsGiveTheSameBytes() throws IOException {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");

    SafetensorsWriter.write(tensorsOfEveryType(), Map.of(), first);
    SafetensorsWriter.write(tensorsOfEveryType(), Map.of(), second);

    assertThat(second).hasSameBinaryContentAs(first);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(first, second);
    }
  }

  @Test
  void aFileThatIsReplacedMayStillBeRead() {
    Path file = folder.resolve("weights");
    SafetensorsWriter.write(Map.of("w", Constant.of(new float[] {1}, 1)), Map.of(), file);
    Map<String, Constant> old = WeightFile.read(file);

    SafetensorsWriter.write(Map.of("w", Constant.of(new float[] {2}, 1)), Map.of(), file);

    assertThat(old.get("w").floats()).containsExactly(1);
    assertThat(WeightFile.read(file).get("w").floats()).containsExactly(2);
  }

  @Test
  void aFailedWriteLeavesNothing() throws IOException {
    Path missing = folder.resolve("no/such/folder.safetensors");
    Path taken = Files.createDirectory(folder.resolve("taken"));
    for (Path target : new Path[] {missing, taken}) {
      assertThatThrownBy(() -> SafetensorsWriter.write(Map.of(), Map.of(), target))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(target + ": cannot be written");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(taken);
    }
  }

  /** Headers over 16 bytes of data, and what is wrong with them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':F32[2]@0-8,'b':F32[2]@4-12} | 'b': its bytes begin at 4, before",
        "{'a':F32[2]@0-8,'b':F32[1]@12-16} | 'b': its bytes begin at 12, after",
        "{'a':F32[2]@0-8} | expected 8 bytes of tensors, found 16",
        "{'a':F32[4]@8-24} | 'a': expected data_offsets within 0 and 16, found 8 and 24",
        "{'a':F32[4]@16-0} | 'a': expected data_offsets within 0 and 16, found 16 and 0",
        "{'a':F32[3]@0-16} | 'a': 16 bytes do not fill a FLOAT32 tensor of shape [3]",
        "{'a':F32[4611686018427387905,4]@0-16} | 'a': 16 bytes do not fill",
        "{'a':F32[4611686018427387904,4]@0-0} | 'a': 0 bytes do not fill",
        "{'a':F32[-4]@0-16} | 'a': expected whole numbers from 0 as shape, found -4",
        "{'a':F32[1.5]@0-16} | 'a': expected whole numbers from 0 as shape, found 1.5",
        "{'a':F32[4]@-16-0} | 'a': expected whole numbers from 0 as data_offsets, found -16",
        "{'a':F32[99999999999999999999]@0-16} | 'a': expected whole numbers from 0 as shape",
        "{'a':F4[4]@0-16} | 'a': unknown dtype 'F4'",
        "{'a':F32[2]@0-8,'a':F32[2]@8-16} | Duplicate",
        "{'a':{'shape':[4],'data_offsets':[0,16]}} | 'a': unknown dtype ''",
        "{'a':{'dtype':'F32','data_offsets':[0,16]}} | 'a': expected a list of numbers as shape",
        "{'a':{'dtype':'F32','shape':[4]}} | 'a': expected a list of numbers as data_offsets",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0]}} | 'a': expected 2 data_offsets",
        "{'a':3} | 'a': unknown dtype",
        "{'__metadata__':{'x':3},'a':F32[4]@0-16} | expected text as metadata 'x'",
        "{'a':F32[4]@0-16 | not valid JSON",
        "{'a':F32[4]@0-16} {} | not valid JSON",
        "{not json | not valid JSON",
      })
  void everyCorruptHeaderIsNamed(String header, String problem) throws IOException {
    String json =
        header
            .replaceAll(
                "(F\\d+)(\\[[^]]*])@(-?\\d+)-(\\d+)",
                "{'dtype':'$1','shape':$2,'data_offsets':[$3,$4]}")
            .replace('\'', '"');
    Path file = Files.write(folder.resolve("bad.safetensors"), framed(json, 16));

    assertThatThrownBy(() -> WeightFile.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(problem)
        .hasMessageNotContaining("\n");
  }

  private static byte[] framed(String json, int dataBytes) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 1000})
  void theHeadersLengthIsBounded(long length) throws IOException {
    byte[] bytes = framed(ENTRY.formatted("a", 0, 8), 8);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Path file = Files.write(folder.resolve("bad"), bytes);

    assertThatThrownBy(() -> SafetensorsReader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expected a safetensors header of at most");
  }

  @Test
  @Timeout(20)
  void theLargestHeaderIsReadAndNoLargerOne() throws IOException {
    Path file = folder.resolve("large");
    String json = "{" + ENTRY.formatted("a", 0, 8) + "}";
    int padding = (int) SafetensorsReader.MAX_HEADER - json.length();
    Files.write(file, framed(json + " ".repeat(padding), 8));
    assertThat(SafetensorsReader.read(file).tensors()).containsOnlyKeys("a");
    Files.write(file, framed(json + " ".repeat(padding + 1), 8));
    assertThatThrownBy(() -> SafetensorsReader.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at most 8388608 bytes, found a length of 8388609");
  }

  @Test
  void everyTruncationIsOneClearError() throws IOException {
    byte[] whole = framed("{" + ENTRY.formatted("a", 0, 8) + "}", 8);
    Path file = folder.resolve("cut");
    Files.write(file, whole);
    assertThat(WeightFile.read(file)).containsOnlyKeys("a");
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> WeightFile.read(file))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void aNameWithAndWithoutTheWrapperIsRefused() throws IOException {
    String entries = ENTRY.formatted("module.a", 0, 8) + "," + ENTRY.formatted("a", 8, 16);
    Path file = Files.write(folder.resolve("twice"), framed("{" + entries + "}", 16));

    assertThatThrownBy(() -> WeightFile.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tensor 'a' is there with and without 'module.'");
  }

  @Test
  void whatIsNoFileOfWeightsSaysSo() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "these are not weights");
    Path missing = folder.resolve("missing.pt");

    assertThatThrownBy(() -> WeightFile.read(text)).hasMessageContaining("found neither");
    assertThatThrownBy(() -> WeightFile.read(missing)).hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> WeightFile.read(folder)).hasMessageContaining("found a folder");
  }
}
