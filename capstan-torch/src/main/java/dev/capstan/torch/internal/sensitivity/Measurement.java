package dev.capstan.torch.internal.sensitivity;

import dev.capstan.data.Augmentation;
import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageStore;
import dev.capstan.data.Order;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Sensitivities;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Forecast;
import dev.capstan.torch.internal.learn.Calibration;
import dev.capstan.torch.internal.learn.GreedySelection;
import dev.capstan.torch.internal.learn.OriginalRun;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * How far the outputs move when one space alone is compressed: their relative squared error, which
 * is 0 at the full width, needs no labels, and adds up over spaces better than a divergence does
 * (docs/experiments.md).
 *
 * <p>The basis is a selection, nested over the ranks, with the other channels rebuilt by least
 * squares. The images are seen twice: for the channels' second moments, then, batch by batch, the
 * original is run once and what lies after each space once a rank.
 */
public final class Measurement {
  private final Graph graph;
  private final ChannelSpaces spaces;
  private final List<Space> measured;
  private final RankGrid grid;
  private final Execution execution;
  private final WorkListener listener;

  /** A measurement of some spaces. */
  public Measurement(
      Graph graph,
      ChannelSpaces spaces,
      List<Space> measured,
      RankGrid grid,
      Execution execution,
      WorkListener listener) {
    this.graph = graph;
    this.spaces = spaces;
    this.measured = List.copyOf(measured);
    this.grid = grid;
    this.execution = execution;
    this.listener = listener;
  }

  /** Measures on the images of an order. */
  public Sensitivities run(ImageStore store, Order order) {
    try (Reruns reruns = new Reruns(graph, spaces, measured, execution)) {
      List<Trials> trials;
      try (Batches batches = batches(store, order, reruns)) {
        trials = trials(batches);
      }
      try (Batches batches = batches(store, order, reruns)) {
        measure(reruns, trials, batches);
      }
      Map<String, Sensitivities.Curve> curves = new LinkedHashMap<>();
      trials.forEach(ofSpace -> curves.put(ofSpace.space().name(), ofSpace.curve()));
      return new Sensitivities(curves);
    }
  }

  private Batches batches(ImageStore store, Order order, Reruns reruns) {
    return store.batches(order, Augmentation.NONE, reruns.batchSize(), execution.threads());
  }

  private List<Trials> trials(Batches batches) {
    Calibration calibration = new Calibration(graph, spaces, measured);
    try (OriginalRun original = new OriginalRun(graph, execution)) {
      listener.begin("calibrate", batches.count());
      for (long done = 1; batches.hasNext(); done++) {
        Batch batch = batches.next();
        try (PointerScope scope = new PointerScope()) {
          original.observe(tensor(batch), calibration.batch(batch.size()));
        }
        listener.advance(done, "");
      }
      listener.end();
    }
    List<Trials> trials = new ArrayList<>();
    for (Space space : measured) {
      GreedySelection chosen = calibration.selection(space);
      trials.add(new Trials(space, grid, rank -> chosen.to(rank).rebuilding()));
    }
    return trials;
  }

  private void measure(Reruns reruns, List<Trials> trials, Batches batches) {
    Forecast forecast = new Forecast("measuring sensitivities", batches.count(), listener);
    listener.begin("measure", batches.count());
    for (long done = 1; batches.hasNext(); done++) {
      try (PointerScope scope = new PointerScope()) {
        reruns.measure(tensor(batches.next()), trials);
      }
      forecast.step();
      listener.advance(done, "");
    }
    listener.end();
  }

  private static Tensor tensor(Batch batch) {
    return Tensors.of(batch.pixels(), batch.shape());
  }
}
