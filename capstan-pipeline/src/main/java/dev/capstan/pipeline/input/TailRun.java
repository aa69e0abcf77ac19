package dev.capstan.pipeline.input;

import static java.util.Objects.requireNonNull;

import dev.capstan.error.InvalidInputException;
import dev.capstan.files.DraftFolder;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.SeenShapes;
import dev.capstan.graph.Tail;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.OrtModel;
import dev.capstan.ort.RunInputs;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a model file once in ONNX Runtime to see the shapes that its tail works on: nothing else
 * tells what it costs. Where they hang on what is in the image (boxes that were found), they are
 * those of that image.
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

  /** The model with what was seen, or with the reason why ONNX Runtime cannot run it. */
  public SourceModel on(List<Map<String, Constant>> images) {
    Graph graph = source.graph();
    Tail tail = graph.tail().orElse(null);
    if (tail == null) {
      return source;
    }
    Path place = Path.of(System.getProperty("java.io.tmpdir")).resolve("capstan");
    try (DraftFolder folder = DraftFolder.beside(place)) {
      Path file = folder.path().resolve("exposed.onnx");
      OnnxWriter.write(graph.edit().tail(tail.exposed()).build(), file);
      return source.with(tail.seen(run(file, images)));
    } catch (InvalidInputException e) {
      return source.refused(reason(e));
    }
  }

  private SeenShapes run(Path file, List<Map<String, Constant>> images) {
    try (OrtModel model = OrtModel.open(file, 1)) {
      Map<String, Constant> fed = inputs.draw(model.inputs(), 1);
      images.stream().limit(1).forEach(fed::putAll);
      Constant image = requireNonNull(fed.get(source.graph().inputs().get(0).name()));
      return new SeenShapes(image.size(0), model.shapes(fed));
    }
  }

  /** What went wrong, without the name of a file that is gone. */
  private static String reason(InvalidInputException e) {
    return String.valueOf(e.getMessage()).replaceFirst("^\\S*exposed\\.onnx: ", "");
  }
}
