package dev.capstan.cost;

import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;

/**
 * What the parts of a compression may cost, each in forward runs of one image through the original:
 * a number that means the same for every network, and that seconds follow from once a few runs were
 * timed.
 *
 * @param sensitivities to measure what ranks cost
 * @param exchange of selected channels for others
 * @param corrections statistics and weights solved for
 * @param learning of bases
 * @param training of all weights
 */
public record WorkBudget(
    double sensitivities, double exchange, double corrections, double learning, double training) {
  /** For a compact network that sees photos: minutes on two cores. */
  private static final WorkBudget PHOTOS = new WorkBudget(1500, 1500, 1000, 2500, 2500);

  /** A run of a larger network than this takes so long that fewer of them are waited for. */
  private static final double LARGE_MACS = 2e9;

  /** Of the runs, what the largest still need: a ResNet-50 gets 4,950, minutes on two cores. */
  private static final double LEAST_SHARE = 0.55;

  /** Runs of a smaller network are so cheap that more of them are worth it. */
  private static final double SMALL_MACS = 3e8;

  /** Of still smaller ones runs are no cheaper. */
  private static final double LEAST_MACS = 3e5;

  /** Elements of a photo. Smaller images show less each: weights are found on more of them. */
  private static final double PHOTO_ELEMENTS = 3 * 224 * 224;

  /** What suits a network where nobody says. */
  public static WorkBudget of(Graph graph) {
    double macs = Math.max(LEAST_MACS, Cost.of(graph).macs());
    double large = Math.max(LEAST_SHARE, Math.min(1, LARGE_MACS / macs));
    double cheap = Math.max(large, SMALL_MACS / macs);
    // Images no smaller than a photo show as much as one.
    double photos = PHOTO_ELEMENTS / elements(graph);
    double small = photos > 1 ? Math.max(cheap, photos) : cheap;
    return new WorkBudget(
        PHOTOS.sensitivities * cheap,
        PHOTOS.exchange * cheap,
        PHOTOS.corrections * small,
        PHOTOS.learning * small,
        PHOTOS.training * small);
  }

  /** Elements of one image; of one whose extents are open, a photo's. */
  private static double elements(Graph graph) {
    Shape shape = graph.inputs().get(0).type().shape();
    long elements = shape.rank() < 2 ? 0 : shape.elements(1, shape.rank());
    return elements > 0 ? elements : PHOTO_ELEMENTS;
  }

  /** All parts together. */
  public double all() {
    return sensitivities + exchange + corrections + learning + training;
  }

  /** The same shares of another sum. */
  public WorkBudget of(double sum) {
    double factor = sum / all();
    return new WorkBudget(
        sensitivities * factor,
        exchange * factor,
        corrections * factor,
        learning * factor,
        training * factor);
  }
}
