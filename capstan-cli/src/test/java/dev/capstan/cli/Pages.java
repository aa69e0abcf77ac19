package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.onnx.OnnxReader;
import dev.capstan.testing.OrtOracle.Tensor;
import dev.capstan.testing.RandomGraphs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Results of three kinds of networks and their pages, made once for all tests of a process. */
final class Pages {
  /** What a name must not do. */
  static final String NAME = "a<img src=x onerror=alert(1)>\"'&";

  private static Pages made;

  private final Path folder;

  /** A classifier on labelled images, with thumbnails. */
  final CommandLineRun classifier;

  private Pages(Path folder) throws IOException {
    this.folder = folder;
    Path drawn = Samples.images(folder.resolve("drawn"), 60);
    Path flat = Samples.flat(drawn, folder.resolve("flat"));
    Path model = Samples.trainedModel(folder.resolve(NAME + ".onnx"));
    classifier =
        compress(model, drawn, "--val=" + drawn, "--thumbnails", "--keep-macs=0.2", "--refit=off");
    timed(record());
    assertThat(CommandLineRun.of("report", record().toString()).code()).isZero();
    compress(Samples.fixture("detector-script-11", folder), flat);
    compress(Samples.superResolution(folder.resolve("super.onnx")), flat);
  }

  static synchronized Pages made() throws IOException {
    if (made == null) {
      Path folder = Files.createTempDirectory("capstan-pages");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
      made = new Pages(folder);
    }
    return made;
  }

  private static void remove(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page of the classifier. */
  Path html() {
    return folder.resolve(NAME + "-small.capstan.html");
  }

  /** The record of the classifier. */
  Path record() {
    return folder.resolve(NAME + "-small.capstan.json");
  }

  /** All pages. */
  List<Path> all() {
    return List.of(
        html(),
        folder.resolve("detector-script-11-small.capstan.html"),
        folder.resolve("super-small.capstan.html"));
  }

  /** What one of the networks takes. */
  static Map<String, Tensor> image(Path model) {
    return RandomGraphs.inputs(OnnxReader.readPart(model), 1);
  }

  private static CommandLineRun compress(Path model, Path images, String... more) {
    List<String> args = new ArrayList<>(List.of(model.toString(), "--data=" + images));
    args.addAll(List.of("--method=activation", "--measure-images=16", "--threads=1"));
    args.addAll(List.of(more));
    CommandLineRun run = CommandLineRun.ofCompress(args);
    assertThat(run.code()).as(run.err()).isIn(0, 3);
    return run;
  }

  /** A run of seconds times nothing: as a long one would have it. */
  private static void timed(Path record) throws IOException {
    ObjectNode whole = (ObjectNode) JsonMapper.shared().readTree(Files.readString(record));
    ObjectNode evidence = (ObjectNode) whole.path("evidence");
    evidence.set(
        "kernels",
        JsonMapper.shared()
            .readTree(
                "{\"byOperator\": [{\"name\": \"Conv\", \"before\": 1.5, \"after\": 0.7}],"
                    + " \"slowest\": [{\"name\": \"conv1\", \"before\": null, \"after\": 0.2}]}"));
    ObjectNode forecast = (ObjectNode) evidence.path("forecast");
    forecast.path("points").forEach(point -> ((ObjectNode) point).put("latency", 0.5));
    forecast.putObject("block").put("multiple", 16).put("macs", 1.1).put("latency", 0.8);
    Files.writeString(record, whole.toString());
  }
}
