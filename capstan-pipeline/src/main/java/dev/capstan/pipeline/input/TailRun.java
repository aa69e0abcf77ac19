package dev.capstan.pipeline.input;

import dev.capstan.files.TemporaryFolder;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.SeenShapes;
import dev.capstan.graph.Tail;
import dev.capstan.graph.Value;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.RunInputs;
import dev.capstan.ort.Trial;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a model file once in ONNX Runtime, in a process of its own, to see the shapes that its tail
 * works on: nothing else tells what it costs. Where they hang on what is in the image (boxes that
 * were found), they are those of that image.
 *
 * @param source the model
 * @param inputs what is fed beside the image, or instead of it
 */
public record TailRun(SourceModel source, RunInputs inputs) {
  /**
   * A run where no images are at hand.
   *
   * @param given numbers of inputs beside the image, by name
   * @param others inputs that are ones
   */
  public static TailRun ofOnes(
      SourceModel source, Map<String, List<Double>> given, List<String> others) {
    Map<String, List<Double>> all = new LinkedHashMap<>(given);
    others.forEach(input -> all.put(input, List.of(1.0)));
    return new TailRun(source, source.runInputs(all));
  }

  /**
   * The model with what was seen, or with the reason why ONNX Runtime cannot run it.
   *
   * @throws dev.capstan.error.InvalidInputException if ONNX Runtime does not survive it
   */
  public SourceModel on(List<Map<String, Constant>> images) {
    Graph graph = source.graph();
    Tail tail = graph.tail().orElse(null);
    if (tail == null) {
      return source;
    }
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      Path file = folder.path().resolve("exposed.onnx");
      OnnxWriter.write(graph.edit().tail(tail.exposed()).build(), file);
      Trials trials = new Trials(source, inputs);
      Map<String, Constant> first = images.isEmpty() ? Map.of() : images.get(0);
      // The file itself first: it is what is timed later, in this process.
      Trial.Outcome whole = trials.of(source.stored().file(), 1, first);
      Trial.Outcome exposed = whole.refusal() == null ? trials.of(file, 1, first) : whole;
      return exposed.refusal() == null
          ? source.with(tail.seen(new SeenShapes(rows(first), exposed.shapes())))
          : source.refused(exposed.refusal());
    }
  }

  /** Images of the run. */
  private long rows(Map<String, Constant> fed) {
    Value image = source.graph().inputs().get(0);
    Constant given = fed.get(image.name());
    Dim open = image.type().shape().dims().get(0);
    return given != null ? given.size(0) : open.isKnown() ? open.size() : 1;
  }
}
