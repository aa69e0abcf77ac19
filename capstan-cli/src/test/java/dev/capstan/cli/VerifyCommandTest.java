package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.compress.BasesFile;
import dev.capstan.compress.Compression;
import dev.capstan.graph.Constant;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelSpaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A result is told from one that was changed, in any of its files or numbers. */
final class VerifyCommandTest {
  @TempDir static Path shared;
  private static Path model;
  private static Path plain;
  private static Path refitted;

  @TempDir Path folder;

  @BeforeAll
  static void compress() throws IOException {
    model = Samples.model(shared.resolve("model.onnx"), 10);
    plain = compressed("plain", "--refit=off", "--re-estimate=off", "--learn-images=80");
    refitted = compressed("refitted", "--refit=on", "--method=activation");
  }

  private static Path compressed(String name, String... more) {
    Path images = shared.resolve("images");
    if (!Files.exists(images)) {
      Samples.images(images, 40);
    }
    Path output = shared.resolve(name + ".onnx");
    CommandLineRun run =
        CommandLineRun.ofCompress(
            Stream.concat(
                    Stream.of(model.toString(), "--data=" + images, "-o", output.toString()),
                    Stream.concat(
                        Stream.of("--ranks=uniform", "--residual=keep", "--accept-chance"),
                        Stream.of(more)))
                .toList());
    assertThat(run.code()).as(run.err()).isIn(0, 3);
    return output;
  }

  private static JsonNode verified(int code, Path result, String... more) {
    List<String> args =
        Stream.concat(
                Stream.of("verify", result.toString(), "--json", "--threads=1"), Stream.of(more))
            .toList();
    CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(code);
    return JsonMapper.shared().readTree(run.out());
  }

  /** The files of a result elsewhere. */
  private Path copy(Path result) throws IOException {
    String stem = result.getFileName().toString().replace(".onnx", "");
    for (String ending : List.of(".onnx", ".bases.safetensors", ".capstan.json")) {
      Files.copy(result.resolveSibling(stem + ending), folder.resolve(stem + ending));
    }
    return folder.resolve(stem + ".onnx");
  }

  @Test
  void everyKernelOfAPlainResultFollowsFromItsBases() {
    JsonNode found = verified(0, plain);

    assertThat(found.at("/kernels/same").asInt()).isGreaterThan(5);
    assertThat(found.at("/kernels/changed").isEmpty()).isTrue();
    assertThat(found.at("/verification/maxRelativeError").asDouble()).isBetween(0.0, 1e-4);
    assertThat(found.at("/files").findValuesAsString("plain.onnx")).containsExactly("as recorded");
    assertThat(found.at("/unchecked").isEmpty()).isTrue();
  }

  /** The same by the library's own means. */
  @Test
  void anyoneCanRebuildThem() {
    SourceModel source = SourceModel.read(model);
    ChannelSpaces spaces = ChannelSpaces.of(source.folded(), ChannelSpaces.Residual.KEEP);
    Path file = shared.resolve("plain.bases.safetensors");
    Bases bases = BasesFile.read(file, spaces, source.sha256());
    Map<String, Constant> rebuilt = Compression.apply(spaces, bases).constants();
    Map<String, Constant> found = OnnxReader.read(plain).constants();

    assertThat(bases.bySpace()).isNotEmpty();
    assertThat(found.keySet()).isEqualTo(rebuilt.keySet());
    rebuilt.forEach(
        (name, constant) -> assertThat(constant.sameAs(found.get(name))).as(name).isTrue());
  }

  @Test
  void whatARefitChangedIsSaid() {
    CommandLineRun run = CommandLineRun.of("verify", refitted.toString(), "--threads=1");

    assertThat(run.code()).as(run.out()).isZero();
    assertThat(run.out())
        .contains("have the shapes that the bases give, and numbers that came later (refitted)")
        .endsWith("refitted.onnx: verified\n");
  }

  @Test
  void aFileThatIsAnotherIsNamed() throws IOException {
    Path result = copy(plain);
    Path bases = folder.resolve("plain.bases.safetensors");
    byte[] bytes = Files.readAllBytes(bases);
    bytes[bytes.length - 1] ^= 1;
    Files.write(bases, bytes);

    JsonNode found = verified(1, result);

    assertThat(found.at("/files/plain.bases.safetensors").asString()).isEqualTo("another");
    assertThat(found.at("/failures").toString()).contains(bases.toString());
  }

  /** Files that agree with their record, but not with each other: those of two runs. */
  @Test
  void kernelsThatDoNotFollowFromTheBasesAreWrong() throws IOException {
    Path result = copy(plain);
    Path other = shared.resolve("refitted.onnx");
    Files.write(result, Files.readAllBytes(other));
    Path record = folder.resolve("plain.capstan.json");
    String hash =
        JsonMapper.shared()
            .readTree(Files.readString(refittedRecord()))
            .at("/files/refitted.onnx")
            .asString();
    Files.writeString(
        record,
        Files.readString(record).replaceFirst("(\"plain.onnx\" : \")[0-9a-f]+", "$1" + hash));

    JsonNode found = verified(1, result, "--original=" + model);

    assertThat(found.at("/failures/0").asString()).contains("although no later stage was kept");
  }

  private static Path refittedRecord() {
    return shared.resolve("refitted.capstan.json");
  }

  /** Someone who was given the result alone. */
  @Test
  void whatCannotBeCheckedIsSaid() throws IOException {
    Path result = copy(plain);
    Path record = folder.resolve("plain.capstan.json");
    Files.writeString(
        record,
        Files.readString(record)
            .replace("/model.onnx", "/gone.onnx")
            .replace("/images", "/no-images"));

    JsonNode found = verified(0, result);

    assertThat(found.at("/unchecked/0").asString()).contains("gone.onnx: no such file", "original");
    assertThat(found.at("/ranOn").asString()).isEqualTo("drawn images");
    assertThat(found.at("/verification/inputs").asInt()).isPositive();
    assertThat(verified(0, result, "--original=" + model).at("/kernels/same").asInt()).isPositive();
    assertThat(verified(1, result, "--original=" + plain).at("/failures/0").asString())
        .contains("is not the model that the result was made from");
  }

  @Test
  void whatIsNoRecordOfACompressionIsRefused() throws IOException {
    Path other = folder.resolve("other.capstan.json");
    for (String content : List.of("{}", "[]", "{\"job\": {}, \"result\": {}}", "nothing")) {
      Files.writeString(other, content);
      CommandLineRun verify = CommandLineRun.of("verify", other.toString());
      CommandLineRun again = CommandLineRun.of("compress", "--from=" + other);

      assertThat(List.of(verify.code(), again.code())).as(content).containsExactly(1, 2);
      assertThat(List.of(verify.err(), again.err()))
          .allMatch(said -> said.contains(other + ": expected the record of a compression"));
    }
  }

  /** Of a network that is none, what to do is said; of one that is not there that alone. */
  @Test
  void whatIsNoResultIsToldFromWhatIsNotThere() throws IOException {
    Path model = Files.copy(refitted, folder.resolve("plain.onnx"));
    for (String command : List.of("verify", "report")) {
      assertThat(CommandLineRun.of(command, model.toString()).err())
          .isEqualToNormalizingNewlines(
              "capstan: error: %s: is no result of Capstan, or has lost its record: there is no %s; name a file that 'compress' or 'train' wrote, with its record beside it\n"
                  .formatted(model, folder.resolve("plain.capstan.json")));
      assertThat(CommandLineRun.of(command, folder.resolve("gone.onnx").toString()).err())
          .isEqualToNormalizingNewlines(
              "capstan: error: %s: no such file\n".formatted(folder.resolve("gone.onnx")));
    }
  }
}
