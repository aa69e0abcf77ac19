package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compressions of a network of random weights, with images that it is at chance on.
 *
 * @param model the network
 * @param images 100 drawn ones
 */
record CompressRuns(Path model, Path images) {
  static CompressRuns in(Path folder) {
    return new CompressRuns(
        Samples.model(folder.resolve("model.onnx"), 10),
        Samples.images(folder.resolve("images"), 100));
  }

  CommandLineRun to(Path output, String... more) {
    return to(output, model, images, more);
  }

  /** A run that wrote its result. */
  static CommandLineRun to(Path output, Path network, Path data, String... more) {
    List<String> args = new ArrayList<>(List.of(network.toString(), "--data"));
    args.addAll(List.of(data.toString(), "-o", output.toString(), "--accept-chance"));
    args.addAll(List.of(more));
    if (args.stream().noneMatch(arg -> arg.startsWith("--learn-images"))) {
      args.add("--learn-images=80");
    }
    CommandLineRun run = CommandLineRun.ofCompress(args);
    // Of random weights nothing may be left, which has a code of its own.
    assertThat(run.code()).as(run.err()).isIn(0, 3);
    return run;
  }

  static JsonNode json(Path file) {
    try {
      return JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode at(JsonNode report, String path) {
    JsonNode found = report.at("/" + path);
    assertThat(found.isMissingNode()).as(path).isFalse();
    return found;
  }
}
