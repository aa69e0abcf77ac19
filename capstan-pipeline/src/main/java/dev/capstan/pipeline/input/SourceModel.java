package dev.capstan.pipeline.input;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Tail;
import dev.capstan.graph.Value;
import dev.capstan.job.ImageOptions;
import dev.capstan.onnx.OnnxReader;
import dev.capstan.onnx.StoredModel;
import dev.capstan.ort.OrtConstants;
import dev.capstan.ort.OrtProcess;
import dev.capstan.ort.RunInputs;
import dev.capstan.outputs.OutputKind;
import dev.capstan.rewrite.BindImage;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.MergeConstants;
import dev.capstan.rewrite.OpenBatch;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.ChannelOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model file and what is made of it before anything is learned.
 *
 * @param stored the file
 * @param graph the network as it stands there, as far as its operators are known
 * @param open the same for any batch size, its channels in order: a space's lie side by side
 * @param folded and BatchNorm folded: what is compressed
 * @param refusal why ONNX Runtime cannot run the file as a whole; null if it can, or nobody tried
 */
public record SourceModel(
    StoredModel stored, Graph graph, Graph open, Graph folded, @Nullable String refusal) {
  /** Images that a file may fix its batch at. */
  private static final int BATCH = 1 << 16;

  /** How long ONNX Runtime may compute constants while a file is read. */
  private static final Duration FOLDING = Duration.ofSeconds(6);

  /**
   * Reads a model whose only input is the image.
   *
   * @throws InvalidInputException if it is no model that can be worked with
   */
  public static SourceModel read(Path file) {
    return read(file, Set.of());
  }

  /** Reads a model as these options say. */
  public static SourceModel read(Path file, ImageOptions options) {
    return read(file, SourceCopies.NONE, options);
  }

  /** The same, read from copies. */
  public static SourceModel read(Path file, SourceCopies copies, ImageOptions options) {
    return read(file, copies, options.outputs(), options.given().keySet());
  }

  /**
   * Reads a model. Operators that are not known, and what comes after them, are its tail.
   *
   * @param given names of inputs beside the image, which a run is given as constants: what reads
   *     them is the tail's
   * @throws InvalidInputException if it is no model that can be worked with
   */
  public static SourceModel read(Path file, Set<String> given) {
    return read(file, null, given);
  }

  /**
   * The same.
   *
   * @param outputs what the model's outputs are, null to go by the model
   */
  public static SourceModel read(Path file, @Nullable OutputKind outputs, Set<String> given) {
    return read(file, SourceCopies.NONE, outputs, given);
  }

  /**
   * The same.
   *
   * @param copies where the file is read from
   */
  static SourceModel read(
      Path file, SourceCopies copies, @Nullable OutputKind outputs, Set<String> given) {
    StoredModel stored = copies.of(file);
    Graph graph = graph(stored, given);
    ResultRecord.check(file);
    if (graph.tail().isPresent() && (graph.nodes().isEmpty() || graph.inputs().isEmpty())) {
      throw new InvalidInputException(file + ": " + Tails.refusal(graph.tail().orElseThrow()));
    }
    if (!givesWhatItComputes(graph)) {
      throw new InvalidInputException(
          file + ": nothing to compress: what its layers give is no output, nor read by one");
    }
    checkBatch(file, graph);
    graph = marked(file, graph, outputs == null ? shown(graph) : outputs);
    Graph open = ChannelOrder.apply(OpenBatch.apply(MergeConstants.ofEqualKernels(graph)));
    return new SourceModel(stored, graph, open, folded(open), null);
  }

  /** What the user calls it. */
  public Path file() {
    return stored.name();
  }

  /** Size of the file, with the tensors it keeps in others. */
  public long bytes() {
    return stored.bytes();
  }

  /** Hash of all these, in hexadecimal. */
  public String sha256() {
    return stored.sha256();
  }

  /** What there is no kernel for is computed where it can do no harm. */
  private static Graph graph(StoredModel stored, Set<String> given) {
    OrtConstants constants = new OrtConstants(OrtProcess.shared(), FOLDING);
    return stored.alias().in(() -> OnnxReader.readPart(stored.file(), given, constants));
  }

  private static boolean givesWhatItComputes(Graph graph) {
    return graph.outputs().stream().anyMatch(output -> graph.constant(output.name()) == null);
  }

  /** What is verified and timed is run on as many images as the file says. */
  private static void checkBatch(Path file, Graph graph) {
    for (Value input : graph.inputs()) {
      Shape shape = input.type().shape();
      boolean fixed = shape.rank() > 0 && shape.dims().get(0).isKnown();
      if (fixed && (shape.size(0) < 1 || shape.size(0) > BATCH)) {
        throw new InvalidInputException(
            "%s: input '%s' takes %d images at a time, expected 1 to %d: export it for so many, or for any number"
                .formatted(file, input.name(), shape.size(0), BATCH));
      }
    }
  }

  /** What the outputs are, where the network itself shows it better than their shape. */
  private static @Nullable OutputKind shown(Graph graph) {
    return OutputKind.embedding(graph).isPresent() ? OutputKind.VALUES : null;
  }

  private static Graph marked(Path file, Graph graph, @Nullable OutputKind outputs) {
    try {
      return outputs == null ? graph : outputs.mark(graph);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static Graph folded(Graph open) {
    return Rewriter.apply(open, new FoldBatchNorm());
  }

  /**
   * The same for inputs of these extents, as far as the network leaves them open.
   *
   * @param rows shape of what one image gives each input, in order: without the batch
   * @throws InvalidInputException naming the file, if the network takes none of these extents
   */
  public SourceModel at(List<Shape> rows) {
    Graph bound = bound(rows);
    return bound == open ? this : new SourceModel(stored, graph, bound, folded(bound), refusal);
  }

  /** Whether an input leaves some extent of an image open. */
  public static boolean leavesOpen(Value input) {
    return !input.type().shape().dims().stream().skip(1).allMatch(Dim::isKnown);
  }

  /** The network for these extents alone. */
  Graph bound(List<Shape> rows) {
    Graph bound = BindImage.apply(open, rows);
    try {
      if (bound != open) {
        ShapeInference.of(bound);
      }
      return bound;
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          "%s: inputs of %s do not fit it: %s; give a size that it takes (setting 'crop')"
              .formatted(file(), rows, e.getMessage()),
          e);
    }
  }

  /** What a run of the file is fed, where numbers are given for inputs beside the image. */
  RunInputs runInputs(Map<String, List<Double>> given) {
    Map<String, Shape> sizes = new LinkedHashMap<>();
    open.inputs().forEach(input -> sizes.put(input.name(), input.type().shape()));
    return new RunInputs(sizes, given);
  }

  /**
   * Whether the file must be tried before it is run: ONNX Runtime would find in it what is not in
   * the graph (a tail, or nodes that were computed or left out when it was read), or what may end a
   * process.
   */
  public boolean isForeign() {
    return graph.tail().isPresent()
        || Trials.isRisky(graph)
        || !OnnxReader.holdsAll(graph, stored.file());
  }

  /** The same with its tail known better. */
  SourceModel with(Tail tail) {
    return new SourceModel(
        stored,
        graph.edit().tail(tail).build(),
        open.edit().tail(tail).build(),
        folded.edit().tail(tail).build(),
        refusal);
  }

  /** The same that ONNX Runtime does not run as a whole. */
  SourceModel refused(String reason) {
    return new SourceModel(stored, graph, open, folded, reason);
  }

  /** A network made of this one, with inputs, outputs and extents as the file has them. */
  public Graph restore(Graph changed) {
    return OpenBatch.restore(changed, graph)
        .edit()
        .inputs(graph.inputs())
        .outputs(graph.outputs())
        .build();
  }
}
