package dev.capstan.torch.internal.loss;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.capstan.graph.Graph;
import dev.capstan.outputs.judged.JudgedOutput;
import dev.capstan.outputs.judged.JudgedOutput.Part;
import dev.capstan.outputs.judged.JudgedOutput.Range;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.outputs.judged.Places;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What of two networks' outputs is compared: scores as shares of 1, what stands beside them only
 * where one of the original's scores exceeds 0.05, nothing of which the extents alone are read
 * ({@link JudgedOutputs}). Tensors that it gives belong to the caller's {@code PointerScope}.
 */
public final class ComparedOutputs {
  /** A score below it says that nothing is there, however often that is said. */
  private static final double NOISE = 1e-4;

  private final List<JudgedOutput> judged;

  /** How many are what part. */
  private final Map<Part, Long> alike;

  /** Those of a network. */
  public ComparedOutputs(Graph graph) {
    this.judged = JudgedOutputs.of(graph);
    this.alike = judged.stream().collect(groupingBy(JudgedOutput::part, counting()));
  }

  /**
   * An output of both networks, as it is compared.
   *
   * @param part what it is part of
   * @param share its weight in the mean over all outputs: scores count as much as all beside them
   * @param rows what a mean is taken over: images, places that count, or 1 where the first axis is
   *     neither
   * @param target the original's
   * @param output the other's, of the same shape; autograd follows it
   */
  public record Compared(
      String name, Part part, double share, long rows, Tensor target, Tensor output) {
    /**
     * As what it is learned from: of scores s {@code sqrt(s + 1e-4)}, so that the loss is nearly
     * Hellinger's distance. By their squares a place of score 0.1 would count a hundredth of one of
     * 1, and a network that is not sure of any would lie nearest if it gave none.
     */
    public Compared learned() {
      return part == Part.SCORES
          ? new Compared(name, part, share, rows, root(target), root(output))
          : this;
    }

    /** {@code ||o - t||^2}. */
    Tensor difference() {
      return output.sub(target).square().sum();
    }
  }

  /** What boxes are kept by need be no shares of 1: numbers below 0 stay as they are. */
  private static Tensor root(Tensor scores) {
    Tensor shares = scores.clamp_min(new Scalar(0)).add(new Scalar(NOISE)).sqrt();
    return shares.add(scores.clamp_max(new Scalar(0)));
  }

  /** Whether there are scores among those that count. */
  public boolean hasScores() {
    return judged.stream().anyMatch(output -> output.part() == Part.SCORES);
  }

  /**
   * How much is found in each image: the sum of {@code (sqrt(s + 1e-4) - 0.01)^2} over its scores
   * s.
   */
  public double[] found(List<Tensor> outputs, int images) {
    return judged.stream()
        .filter(output -> output.part() == Part.SCORES)
        .map(output -> root(read(output, outputs)).sub(new Scalar(Math.sqrt(NOISE))).square())
        .map(found -> Tensors.doubles(found.reshape(images, -1).sum(1)))
        .reduce(new double[images], ComparedOutputs::sum);
  }

  private static double[] sum(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
  }

  /** The first of those that count. */
  Tensor first(List<Tensor> outputs) {
    return outputs.get(judged.get(0).index());
  }

  /**
   * Those that count.
   *
   * @param targets one tensor an output of the graph
   * @param outputs alike
   * @param images of the batch
   */
  public List<Compared> of(List<Tensor> targets, List<Tensor> outputs, long images) {
    List<Tensor> scores =
        judged.stream()
            .filter(output -> output.part() == Part.SCORES)
            .map(output -> read(output, targets))
            .toList();
    List<Compared> compared = new ArrayList<>();
    for (JudgedOutput output : judged) {
      Tensor target = read(output, targets);
      Tensor found = read(output, outputs);
      List<Mask> masks = output.part() == Part.SCORED ? masks(scores, target) : List.of();
      compared.add(
          masks.isEmpty()
              ? whole(output, target, found, images)
              : where(masks, output, target, found));
    }
    return compared;
  }

  private static Tensor read(JudgedOutput output, List<Tensor> all) {
    Tensor whole = all.get(output.index());
    Range range = output.range();
    Tensor values =
        range == null ? whole : whole.narrow(range.axis(), range.from(), range.to() - range.from());
    return switch (output.reading()) {
      case PLAIN -> values;
      case SIGMOID -> values.sigmoid();
      case SOFTMAX -> torch.softmax(values, output.axis());
    };
  }

  private Compared whole(JudgedOutput judged, Tensor target, Tensor output, long images) {
    boolean apart = target.dim() > 0 && target.size(0) == images;
    return new Compared(
        judged.label(), judged.part(), share(judged), apart ? images : 1, target, output);
  }

  /** The weight of each in the mean over all outputs, by its name. */
  public Map<String, Double> shares() {
    return judged.stream().collect(toMap(JudgedOutput::label, this::share, (a, b) -> b));
  }

  private double share(JudgedOutput judged) {
    return 1.0 / (alike.size() * requireNonNull(alike.get(judged.part())));
  }

  /**
   * Places where something is.
   *
   * @param axis along which the numbers of one place lie
   * @param there one element a place
   */
  private record Mask(int axis, Tensor there) {}

  /** By each of the scores that speak of the same places. */
  private static List<Mask> masks(List<Tensor> scores, Tensor values) {
    List<Mask> masks = new ArrayList<>();
    for (Tensor score : scores) {
      Places places = Places.of(score.shape(), values.shape());
      if (places != null && (masks.isEmpty() || masks.get(0).axis() == places.valueAxis())) {
        masks.add(new Mask(places.valueAxis(), there(score, places.scoreAxis())));
      }
    }
    return masks;
  }

  private static Tensor there(Tensor score, int axis) {
    Tensor best = axis == 0 ? score : torch.amax(score, new long[] {axis}, false);
    return best.gt(new Scalar(JudgedOutput.LEAST_SCORE)).reshape(-1);
  }

  /** Rows of the places that all masks name. */
  private Compared where(List<Mask> masks, JudgedOutput judged, Tensor target, Tensor output) {
    Tensor there = masks.stream().map(Mask::there).reduce(Tensor::logical_and).orElseThrow();
    Tensor places = there.nonzero().reshape(-1);
    int axis = masks.get(0).axis();
    return new Compared(
        judged.label(),
        judged.part(),
        share(judged),
        places.size(0),
        rows(target, axis, places),
        rows(output, axis, places));
  }

  private static Tensor rows(Tensor values, int axis, Tensor places) {
    return torch
        .movedim(values, axis, values.dim() - 1)
        .reshape(-1, values.size(axis))
        .index_select(0, places);
  }
}
