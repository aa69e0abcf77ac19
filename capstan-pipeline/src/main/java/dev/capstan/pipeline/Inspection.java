package dev.capstan.pipeline;

import dev.capstan.cost.Cost;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.TensorType;
import dev.capstan.pipeline.RankSettings.Streams;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model is made of.
 *
 * @param model the file
 * @param opset version of the standard operators
 * @param layers the nodes as they stand in the file
 * @param residual what becomes of residual streams
 * @param spaces its channel spaces under that treatment, BatchNorm folded: what {@code compress}
 *     works on
 * @param macs multiply-accumulates for one input
 * @param parameters trained numbers
 * @param tail what comes after these layers and is no part of the above, null for nothing
 */
public record Inspection(
    String model,
    long opset,
    List<Layer> layers,
    Streams residual,
    List<SpaceRow> spaces,
    long macs,
    long parameters,
    @Nullable Carried tail) {

  /** A node: operator, shapes of what it reads and gives, its own cost. */
  public record Layer(
      String name, String operator, String input, String output, long macs, long parameters) {}

  /**
   * A channel space.
   *
   * @param stream whether it is a residual stream
   */
  public record SpaceRow(
      String name,
      int width,
      List<String> producers,
      List<String> consumers,
      String freedom,
      String reason,
      boolean stream) {
    private static SpaceRow of(Space space) {
      return new SpaceRow(
          space.name(),
          space.width(),
          space.producers(),
          space.consumers(),
          space.freedom().name().toLowerCase(Locale.ROOT).replace('_', ' '),
          space.reason(),
          space.stream());
    }
  }

  /** Inspects a model file, as {@code compress} does where nothing else is asked for. */
  public static Inspection of(Path file) {
    return of(file, InputOptions.DEFAULT, RankSettings.DEFAULT.streams());
  }

  /**
   * Inspects a model file.
   *
   * @param images how large images are where the model leaves that open
   * @param residual what may become of residual streams
   * @throws InvalidInputException if it is no model that can be worked with
   */
  public static Inspection of(Path file, InputOptions images, Streams residual) {
    SourceModel found = SourceModel.read(file);
    boolean asks = images.crop() > 0 || images.size() > 0;
    SourceModel source = asks ? found.at(images.resolve(found.graph())) : found;
    Cost total = Cost.of(source.open());
    return new Inspection(
        file.toString(),
        source.graph().metadata().opset(),
        layers(source.open()),
        residual,
        Frame.of(source.folded(), treatment(residual)).spaces().all().stream()
            .map(SpaceRow::of)
            .toList(),
        total.macs(),
        total.parameters(),
        source.graph().tail().map(tail -> Carried.of(tail, null)).orElse(null));
  }

  private static Residual treatment(Streams residual) {
    return residual == Streams.KEEP ? Residual.KEEP : Residual.PROJECT;
  }

  private static List<Layer> layers(Graph graph) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    Map<String, Long> macs = Cost.macs(graph);
    return graph.nodes().stream()
        .map(
            node ->
                new Layer(
                    node.name(),
                    node.operator().type(),
                    node.inputs().isEmpty() ? "" : shown(types.get(node.inputs().get(0))),
                    shown(types.get(node.output())),
                    macs.getOrDefault(node.name(), 0L),
                    parameters(graph, node)))
        .toList();
  }

  private static String shown(@Nullable TensorType type) {
    return type == null ? "" : type.toString();
  }

  private static long parameters(Graph graph, Node node) {
    long count = 0;
    for (int i = 0; i < node.inputs().size(); i++) {
      Constant constant = graph.constant(node.inputs().get(i));
      if (constant != null && Cost.isParameter(node, i, constant)) {
        count += constant.elements();
      }
    }
    return count;
  }
}
