package dev.capstan.torch.internal.learn;

import dev.capstan.recipe.WorkListener;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.Calibration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;

/**
 * Exchanges selected channels for others while that brings the compressed network nearer to the
 * original: the greedy choice looks at a space's own readers, this at all reconstruction points. A
 * try runs what lies behind the space on the same images, with D solved for by least squares; it
 * stays if their distance falls. So the result is an exact selection, and no worse than the start
 * on these images.
 */
final class SwapSearch {
  private final ExchangeRuns runs;
  private final Calibration calibration;
  private final WorkListener listener;
  private final Map<String, Basis> bases;
  private double distance = Double.NaN;
  private long seen;

  /**
   * Begins at a selection. Runs stay the caller's.
   *
   * @param runs of networks of the start's ranks, before their first step
   * @param calibration that watched the spaces
   */
  SwapSearch(ExchangeRuns runs, Calibration calibration, Bases start, WorkListener listener) {
    this.runs = runs;
    this.calibration = calibration;
    this.listener = listener;
    this.bases = new LinkedHashMap<>(start.bySpace());
  }

  /**
   * Tries exchanges in oblique spaces without groups, one space after the other in the order of the
   * network: the channel chosen last for the first one not chosen, and so on outwards.
   *
   * @param tries a space, the most
   */
  void improve(List<Space> spaces, int tries) {
    listener.begin("exchange", (long) spaces.size() * tries);
    long done = 0;
    for (Space space : spaces.stream().sorted(Comparator.comparingInt(runs::first)).toList()) {
      improve(space, new Bases(bases).rank(space), tries, done);
      done += tries;
      listener.advance(done, List.of());
    }
    listener.end();
  }

  private void improve(Space space, int rank, int most, long before) {
    reach(space);
    int[] order = calibration.selection(space).to(space.width()).order();
    int tries = Math.min(most, space.width() - rank);
    for (int i = 0; i < tries; i++) {
      int drop = rank - 1 - i % rank;
      swap(order, drop, rank + i);
      if (!nearer(space, Arrays.copyOf(order, rank))) {
        swap(order, drop, rank + i);
      }
      listener.advance(before + i + 1, List.of());
    }
  }

  private void reach(Space space) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Projector.Pair> pairs = pairs();
      runs.reach(space, pairs);
      if (Double.isNaN(distance)) {
        distance = distance(pairs);
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
    Basis tried = calibration.rebuilding(space, channels);
    Basis before = bases.put(space.name(), tried);
    runs.change(space);
    try (PointerScope scope = new PointerScope()) {
      double now = distance(pairs());
      if (now < distance) {
        distance = now;
        return true;
      }
    }
    bases.put(space.name(), before);
    runs.change(space);
    return false;
  }

  private Map<String, Projector.Pair> pairs() {
    Map<String, Projector.Pair> pairs = new HashMap<>();
    bases.forEach((name, basis) -> pairs.put(name, Lockstep.fixed(basis)));
    return pairs;
  }

  private double distance(Map<String, Projector.Pair> pairs) {
    seen += runs.images();
    return runs.distance(pairs);
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
