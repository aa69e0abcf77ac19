package dev.capstan.torch.internal.learn;

import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.Space;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Exchanges selected channels for others while that brings the compressed network nearer to the
 * original: the greedy choice looks at a space's own readers, this at all reconstruction points. A
 * try is one run of both networks on the same images, with D solved for by least squares; it stays
 * if their distance falls. So the result is an exact selection, and no worse than the start on
 * these images.
 */
final class SwapSearch {
  /** Most tries a space. */
  static final int TRIES = 8;

  private final Lockstep networks;
  private final Calibration calibration;
  private final List<Tensor> images;
  private final Map<String, Double> scales;
  private final Map<String, Basis> bases;
  private double distance;
  private long seen;

  /**
   * Begins at a selection. Networks and images stay the caller's.
   *
   * @param networks of the start's ranks
   * @param calibration that watched the spaces
   * @param images in batches
   */
  SwapSearch(Lockstep networks, Calibration calibration, List<Tensor> images, Bases start) {
    this.networks = networks;
    this.calibration = calibration;
    this.images = images;
    this.scales = calibration.scales();
    this.bases = new LinkedHashMap<>(start.bySpace());
    this.distance = distance();
  }

  /**
   * Tries exchanges in an oblique space without groups: the channel chosen last for the first one
   * not chosen, and so on outwards.
   */
  void improve(Space space, int rank) {
    int[] order = calibration.selection(space).to(space.width()).order();
    int tries = Math.min(TRIES, space.width() - rank);
    for (int i = 0; i < tries; i++) {
      int drop = rank - 1 - i % rank;
      swap(order, drop, rank + i);
      if (!nearer(space, Arrays.copyOf(order, rank))) {
        swap(order, drop, rank + i);
      }
    }
  }

  private static void swap(int[] order, int a, int b) {
    int channel = order[a];
    order[a] = order[b];
    order[b] = channel;
  }

  /** Keeps these channels if that lowers the distance. */
  private boolean nearer(Space space, int[] channels) {
    Basis tried = calibration.selection(space).with(channels).rebuilding();
    Basis before = bases.put(space.name(), tried);
    double now = distance();
    if (now < distance) {
      distance = now;
      return true;
    }
    bases.put(space.name(), before);
    return false;
  }

  private double distance() {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Projector.Pair> pairs = new HashMap<>();
      bases.forEach((name, basis) -> pairs.put(name, Lockstep.fixed(basis)));
      return images.stream().mapToDouble(batch -> distance(batch, pairs)).sum();
    }
  }

  private double distance(Tensor batch, Map<String, Projector.Pair> pairs) {
    seen += batch.size(0);
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      double rho = networks.run(batch, pairs, scales).rho().item_double();
      return rho * batch.size(0);
    }
  }

  /** Images seen, each as often as it was. */
  long seen() {
    return seen;
  }

  /** The bases as they stand. */
  Bases bases() {
    return new Bases(bases);
  }
}
