package dev.capstan.pipeline.input;

import static java.util.Objects.requireNonNull;

import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.outputs.OutputKind;
import dev.capstan.outputs.judged.JudgedOutput;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.TorchSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a network's outputs on some images tell anything: what is compressed is compared with
 * them, so that nothing after them can show that they are worthless.
 */
public final class OutputCheck {
  /** Images that are shown to the network. */
  private static final int SHOWN = 32;

  /** Relative to the largest output: rounding alone makes outputs differ by as much. */
  private static final double ROUNDING = 1e-6;

  /** Fewer images may show the same by chance. */
  private static final int MANY_IMAGES = 16;

  private final Path file;
  private final Graph graph;
  private final ImageSubset images;
  private final TorchSession torch;
  private final List<String> judged;
  private final boolean classifies;
  private final Map<String, float[]> first = new HashMap<>();
  private final ShownClasses classes = new ShownClasses();
  private boolean varies;
  private int shown;

  private OutputCheck(Path file, Graph graph, ImageSubset images, Compute compute) {
    this.file = file;
    this.graph = graph;
    this.images = images;
    this.torch = new TorchSession(compute, WorkListener.NONE);
    this.judged = JudgedOutputs.of(graph).stream().map(JudgedOutput::name).distinct().toList();
    this.classifies = OutputKind.of(graph) == OutputKind.CLASSES;
  }

  /**
   * Shows a network some images.
   *
   * @param file of the network, which a message names
   * @throws InvalidInputException if an output is not finite, naming the layer
   */
  public static OutputCheck finite(Path file, Graph graph, ImageSubset images, Compute compute) {
    OutputCheck check = new OutputCheck(file, graph, images.sample(SHOWN, 0), compute);
    check.torch.run(graph, check.images, "check outputs", check::add);
    return check;
  }

  /** In words, that several images were shown and all gave the same, if so. */
  public Optional<String> alike() {
    return shown > 1 && !varies
        ? Optional.of(
            file
                + ": gives the same outputs whatever the image: it is not trained, or images or preprocessing are not those it was trained on")
        : Optional.empty();
  }

  /** In words, that many images were shown and their classes tell nothing, if so. */
  public Optional<String> meaningless() {
    return shown < MANY_IMAGES
        ? Optional.empty()
        : classes.meaningless().map((file + ": ")::concat);
  }

  private void add(Batch batch, Map<String, Constant> outputs) {
    if (classifies) {
      classes.add(batch.size(), requireNonNull(outputs.get(judged.get(0))).floats());
    }
    judged.forEach(name -> add(batch, name, requireNonNull(outputs.get(name)).floats()));
    shown += batch.size();
  }

  private void add(Batch batch, String name, float[] values) {
    int size = values.length / batch.size();
    for (int i = 0; i < size * batch.size(); i++) {
      if (!Float.isFinite(values[i])) {
        throw notFinite(name, batch.indices()[i / size]);
      }
      float[] one = first.computeIfAbsent(name, key -> Arrays.copyOf(values, size));
      double scale = Math.max(Math.abs(one[i % size]), Math.abs(values[i]));
      varies |= Math.abs(values[i] - one[i % size]) > ROUNDING * scale;
    }
  }

  private InvalidInputException notFinite(String output, int image) {
    return new InvalidInputException(
        "%s: output '%s' is not finite for image %s, and layer '%s' is the first that gives NaN or infinity: its weights are damaged, or the preprocessing is wrong (setting 'mean', setting 'std', setting 'range')"
            .formatted(file, output, images.dataset().name(image), firstLayer(image)));
  }

  /** The first node whose output is not finite for an image. */
  private String firstLayer(int image) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    List<Value> values = new ArrayList<>();
    Map<String, String> nodes = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      TensorType type = types.get(node.output());
      if (type != null && type.type().isFloating()) {
        values.add(new Value(node.output(), type));
        nodes.put(node.output(), node.name());
      }
    }
    List<String> found = new ArrayList<>();
    torch.run(
        graph.edit().outputs(values).build(),
        ImageSubset.of(images.store(), image),
        "check outputs",
        (batch, outputs) ->
            nodes.forEach(
                (value, node) -> {
                  if (!isFinite(requireNonNull(outputs.get(value)).floats())) {
                    found.add(node);
                  }
                }));
    return found.isEmpty() ? "" : found.get(0);
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
