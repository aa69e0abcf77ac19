package dev.capstan.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.capstan.error.InvalidInputException;
import dev.capstan.files.SpecialFiles;
import dev.capstan.graph.Constant;
import dev.capstan.graph.DataType;
import dev.capstan.graph.Graph;
import dev.capstan.testing.OnnxModels;
import dev.capstan.testing.OrtOracle;
import dev.capstan.testing.OrtOracle.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("trust")
class TensorReaderTest {
  @TempDir Path folder;
  private TensorReader reader;

  @BeforeEach
  void makeReader() throws IOException {
    reader = new TensorReader(new ExternalData(Files.createFile(folder.resolve("model"))));
  }

  @ParameterizedTest
  @EnumSource(DataType.class)
  void everyTypeComesBackAsItWasWritten(DataType type) {
    ByteBuffer bytes = ByteBuffer.allocate(6 * type.bytes());
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(i, (byte) (37 * i + 5));
    }
    Constant constant = Constant.view(type, new long[] {2, 3}, bytes);

    TensorProto tensor = TensorWriter.inline("t", constant);

    assertThat(tensor.getName()).isEqualTo("t");
    assertThat(reader.read(tensor).sameAs(constant)).isTrue();
  }

  @Test
  void typedFields() {
    assertThat(reader.read(tensor(1).addFloatData(1.5f).build()).floats()).containsExactly(1.5f);
    assertThat(reader.read(tensor(11).addDoubleData(2.5).build()).floats()).containsExactly(2.5f);
    assertThat(reader.read(tensor(7).addInt64Data(1L << 40).build()).longs())
        .containsExactly(1L << 40);
    assertThat(reader.read(tensor(6).addInt32Data(-7).build()).longs()).containsExactly(-7);
    assertThat(reader.read(tensor(3).addInt32Data(-7).build()).longs()).containsExactly(-7);
    assertThat(reader.read(tensor(2).addInt32Data(200).build()).longs()).containsExactly(200);
    assertThat(reader.read(tensor(5).addInt32Data(-300).build()).longs()).containsExactly(-300);
    assertThat(reader.read(tensor(4).addInt32Data(60000).build()).longs()).containsExactly(60000);
    assertThat(reader.read(tensor(9).addInt32Data(1).build()).longs()).containsExactly(1);
    assertThat(reader.read(tensor(12).addUint64Data(4000000000L).build()).longs())
        .containsExactly(4000000000L);
    assertThat(reader.read(tensor(13).addUint64Data(9).build()).longs()).containsExactly(9);
    assertThat(reader.read(tensor(10).addInt32Data(0x3E00).build()).floats()).containsExactly(1.5f);
    assertThat(reader.read(tensor(16).addInt32Data(0x3FC0).build()).floats()).containsExactly(1.5f);
  }

  private static TensorProto.Builder tensor(int type) {
    return TensorProto.newBuilder().setName("t").setDataType(type).addDims(1);
  }

  @Test
  void tensorsOfAFileAreNotCopied() {
    ByteBuffer bytes = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    Constant weights = Constant.view(DataType.FLOAT32, new long[] {1, 1024}, bytes);
    Path file =
        OnnxModels.opset(13)
            .input("x", 1, 1024)
            .initializer(TensorWriter.inline("w", weights))
            .node("Add", "x w", "y")
            .output("y")
            .write(folder.resolve("model.onnx"));

    Constant read = OnnxReader.read(file).constant("w");

    assertThat(read.bytes().isDirect()).isTrue();
    assertThat(read.sameAs(weights)).isTrue();
  }

  @Test
  void externalDataIsReadFromItsRange() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
    Files.createDirectory(folder.resolve("sub"));
    Files.write(folder.resolve("sub/data.bin"), bytes.array());

    assertThat(reader.read(external("sub/data.bin", "4", "8", 2)).floats()).containsExactly(2, 3);
    TensorProto rest =
        external("sub/../sub/data.bin", "8", "8", 2).toBuilder().removeExternalData(2).build();
    assertThat(reader.read(rest).floats()).containsExactly(3, 4);
  }

  @Test
  void externalDataBeyondTwoGiB() throws IOException {
    long offset = 3L << 30;
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("large.bin").toFile(), "rw")) {
      file.seek(offset);
      file.writeInt(Integer.reverseBytes(Float.floatToIntBits(2.5f)));
    }
    TensorProto tensor = external("large.bin", Long.toString(offset), "4", 1);
    assertThat(reader.read(tensor).floats()).containsExactly(2.5f);
  }

  @ParameterizedTest
  @CsvSource({
    "../data.bin, 0, 8, must lie in the model's folder",
    "/etc/passwd, 0, 8, must lie in the model's folder",
    "'', 0, 8, must lie in the model's folder",
    "none.bin, 0, 8, no such file",
    "holes.bin, 0, 8, 'expected at most 64 GiB, found 64'",
    "link.bin, 0, 8, must lie in the model's folder",
    "data.bin, 12, 8, expected 8 bytes at 12",
    "data.bin, -4, 8, expected 8 bytes at -4",
    "data.bin, 0, -8, expected -8 bytes",
    "data.bin, 9223372036854775807, 8, expected 8 bytes",
    "data.bin, x, 8, expected a number as offset",
    "data.bin, 0, 12, needs 8 bytes",
  })
  void externalDataThatIsWrong(String location, String offset, String length, String message)
      throws IOException {
    Path model = Files.createDirectory(folder.resolve("inner"));
    Files.write(folder.resolve("data.bin"), new byte[16]);
    Files.write(model.resolve("data.bin"), new byte[16]);
    try (RandomAccessFile holes = new RandomAccessFile(model.resolve("holes.bin").toFile(), "rw")) {
      holes.setLength(ExternalData.MAX_BYTES + 1);
    }
    Files.createSymbolicLink(model.resolve("link.bin"), folder.resolve("data.bin"));
    TensorReader inModel =
        new TensorReader(new ExternalData(Files.createFile(model.resolve("x.onnx"))));

    assertThatThrownBy(() -> inModel.read(external(location, offset, length, 2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("tensor 't': ")
        .hasMessageContaining(message);
  }

  @Test
  void aLocationThatIsNoPath() {
    assertThatThrownBy(() -> reader.read(external("a\0b", "0", "8", 2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must lie in the model's folder")
        .hasMessageNotContaining("Exception");
  }

  /** As caches of downloads lie: names in one folder, contents in another. */
  @Test
  void externalDataMayLieWhereTheModelItselfDoes() throws IOException {
    Path blobs = Files.createDirectory(folder.resolve("blobs"));
    Path names = Files.createDirectory(folder.resolve("names"));
    Files.createFile(blobs.resolve("1"));
    Files.write(blobs.resolve("2"), new byte[16]);
    Files.write(folder.resolve("3"), new byte[16]);
    Path model = Files.createSymbolicLink(names.resolve("m.onnx"), blobs.resolve("1"));
    Files.createSymbolicLink(names.resolve("m.data"), Path.of("../blobs/2"));
    Files.createSymbolicLink(names.resolve("secret"), Path.of("../3"));
    Files.createSymbolicLink(names.resolve("device"), Path.of("/dev/zero"));
    TensorReader inCache = new TensorReader(new ExternalData(model));

    assertThat(inCache.read(external("m.data", "0", "8", 2)).floats()).containsExactly(0, 0);
    assertThat(inCache.read(external("2", "0", "8", 2)).floats()).containsExactly(0, 0);
    for (String location : new String[] {"secret", "device", "3", "../3", "../blobs/2"}) {
      assertThatThrownBy(() -> inCache.read(external(location, "0", "8", 2)))
          .isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  @Timeout(20)
  void externalDataIsNoPipe() throws IOException {
    SpecialFiles.pipe(folder.resolve("pipe"));
    assertThatThrownBy(() -> reader.read(external("pipe", "0", "8", 2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("found a pipe, socket or device");
  }

  /** Whatever an initializer's type, and wherever in the model it stands. */
  @ParameterizedTest
  @ValueSource(ints = {1, 8, 23})
  void noTensorBringsAnotherFileIntoTheHash(int type) throws IOException {
    Files.write(folder.resolve("secret"), new byte[16]);
    Path inner = Files.createDirectory(folder.resolve("inner"));
    TensorProto secret =
        external("../secret", "0", "8", 2).toBuilder().setName("w").setDataType(type).build();
    Path model =
        OnnxModels.opset(13)
            .input("x", 1, 2)
            .initializer(secret)
            .node("Relu", "x", "y")
            .output("y")
            .write(inner.resolve("model.onnx"));
    assertThatThrownBy(() -> ModelFiles.of(model))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(model + ": external data must lie in the model's folder");

    TensorProto twice =
        external("data", "0", "8", 2).toBuilder()
            .addExternalData(ModelMetadata.entry("location", "../secret"))
            .build();
    Files.write(folder.resolve("data"), new byte[16]);
    assertThatThrownBy(() -> reader.read(twice))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expected one 'location' of external data, found several");
  }

  private static TensorProto external(String location, String offset, String length, long size) {
    return TensorProto.newBuilder()
        .setName("t")
        .setDataType(1)
        .addDims(size)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addAllExternalData(
            List.of(entry("location", location), entry("offset", offset), entry("length", length)))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  @Test
  void largeModelGoesToExternalData() throws IOException {
    Path small =
        OnnxModels.opset(13)
            .input("x", 1, 64)
            .weights("a", 64, 64)
            .weights("b", 64)
            .weights("c", 64, 32)
            .node("Gemm", "x a b", "h")
            .node("MatMul", "h c", "y")
            .output("y")
            .write(folder.resolve("small.onnx"));
    Graph graph = OnnxReader.read(small);
    Path large = folder.resolve("large.onnx");

    OnnxWriter.write(graph, large, 1000);

    assertThat(Files.size(large)).isLessThan(2000);
    assertThat(folder.resolve("large.onnx.data")).exists();
    Map<String, Tensor> inputs = Map.of("x", Tensor.random(1, 1, 64));
    assertThat(OrtOracle.run(large, inputs).get("y").values())
        .isEqualTo(OrtOracle.run(small, inputs).get("y").values());
    assertThat(OnnxReader.read(large)).hasToString(graph.toString());
    assertThat(OnnxReader.read(large).constant("c").sameAs(graph.constant("c"))).isTrue();
  }
}
