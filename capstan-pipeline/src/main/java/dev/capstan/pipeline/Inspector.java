package dev.capstan.pipeline;

import dev.capstan.cost.Cost;
import dev.capstan.cost.TailCost;
import dev.capstan.data.Feed;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Tail;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.RankSettings;
import dev.capstan.job.ResidualPolicy;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.OpenSize;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.input.TailRun;
import dev.capstan.pipeline.input.Tails;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.Inspection;
import dev.capstan.report.Inspection.Layer;
import dev.capstan.report.Inspection.SpaceRow;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells what a model is made of, and what {@code compress} would work on. */
public final class Inspector {
  private Inspector() {}

  /** Inspects a model file, as {@code compress} does where nothing else is asked for. */
  public static Inspection of(Path file) {
    return of(file, ImageOptions.DEFAULT, RankSettings.DEFAULT.streams(), WorkListener.NONE);
  }

  /**
   * Inspects a model file.
   *
   * @param images how large images are where the model leaves that open, what outputs are, and what
   *     is fed beside images
   * @param residual what may become of residual streams
   * @param listener is told at which size it is inspected, if the model leaves that open
   * @throws InvalidInputException if it is no model that can be worked with
   */
  public static Inspection of(
      Path file, ImageOptions images, ResidualPolicy residual, WorkListener listener) {
    SourceModel found = SourceModel.read(file, images);
    SourceModel sized =
        needsSize(found.graph(), images.input()) ? sized(found, images.input(), listener) : found;
    List<String> assumed = Tails.missing(sized.graph(), images.given().keySet());
    SourceModel source = TailRun.ofOnes(sized, images.given(), assumed).on(List.of());
    Cost total = Cost.of(source.open());
    return new Inspection(
        file.toString(),
        source.graph().metadata().opset(),
        layers(source.open()),
        residual,
        CompressibleNetwork.of(source.folded(), source.open(), treatment(residual))
            .spaces()
            .all()
            .stream()
            .map(Inspector::row)
            .toList(),
        total.macs(),
        total.parameters(),
        source
            .graph()
            .tail()
            .map(tail -> Tails.told(tail, assumed, source.refusal()))
            .orElse(null));
  }

  /** The network for images of one size: what is said, else one that its layers take. */
  private static SourceModel sized(
      SourceModel found, PreprocessingOptions said, WorkListener listener) {
    OpenSize.Chosen chosen = OpenSize.of(found, said).orElse(null);
    PreprocessingOptions used = chosen == null ? said : said.withCrop(chosen.extent());
    Feed feed = ModelInput.pictures(used, found.graph());
    SourceModel sized = found.at(feed.shapes());
    if (sized != found) {
      listener.note(ModelInput.sizeNote(feed, chosen));
    }
    return sized;
  }

  /** Whether images matter: the network is open to sizes, or something is said of them. */
  private static boolean needsSize(Graph graph, PreprocessingOptions said) {
    List<Value> open = graph.inputs().stream().filter(SourceModel::leavesOpen).toList();
    for (Value input : open) {
      if (input.type().shape().rank() != 4 || graph.inputs().size() > 1) {
        throw new InvalidInputException(
            "input '%s' of shape %s leaves its size open, and a picture alone does not fill the network: export it with fixed sizes to inspect it; 'compress' takes them from .npz files"
                .formatted(input.name(), input.type().shape()));
      }
    }
    boolean told = said.crop().isGiven() || !said.mean().isEmpty() || !said.std().isEmpty();
    return told || !open.isEmpty();
  }

  private static Residual treatment(ResidualPolicy residual) {
    return residual == ResidualPolicy.KEEP ? Residual.KEEP : Residual.PROJECT;
  }

  private static List<Layer> layers(Graph graph) {
    Map<String, TensorType> types = ShapeInference.of(graph);
    Map<String, Long> macs = Cost.macs(graph);
    Stream<Layer> part =
        graph.nodes().stream()
            .map(
                node ->
                    new Layer(
                        node.name(),
                        node.operator().type(),
                        node.inputs().isEmpty() ? "" : shown(types.get(node.inputs().get(0))),
                        shown(types.get(node.output())),
                        macs.getOrDefault(node.name(), 0L),
                        parameters(graph, node)));
    return Stream.concat(part, graph.tail().stream().flatMap(Inspector::layers)).toList();
  }

  /** The nodes of a tail. */
  private static Stream<Layer> layers(Tail tail) {
    Map<String, Long> macs = TailCost.of(tail).macs();
    return tail.nodes().stream()
        .map(
            node ->
                new Layer(
                    node.name(),
                    node.type(),
                    tail.shapes().first(node.inputs()),
                    tail.shapes().first(node.outputs()),
                    macs.getOrDefault(node.name(), 0L),
                    TailCost.parameters(tail, node)));
  }

  private static String shown(@Nullable TensorType type) {
    return type == null ? "" : type.toString();
  }

  private static long parameters(Graph graph, Node node) {
    long count = 0;
    for (int i = 0; i < node.inputs().size(); i++) {
      Constant constant = graph.constant(node.inputs().get(i));
      if (constant != null && Cost.isParameter(node.operator().type(), i, constant)) {
        count += constant.elements();
      }
    }
    return count;
  }

  private static SpaceRow row(Space space) {
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
