package dev.capstan.torch.internal.sensitivity;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.allocate.Sensitivities;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.BatchLoop;
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
      ChannelSpaces spaces,
      List<Space> measured,
      RankGrid grid,
      Execution execution,
      WorkListener listener) {
    this.graph = spaces.graph();
    this.spaces = spaces;
    this.measured = List.copyOf(measured);
    this.grid = grid;
    this.execution = execution;
    this.listener = listener;
  }

  /** Measures on these images. */
  public Sensitivities run(ImageSubset images) {
    try (Reruns reruns = new Reruns(spaces, measured, execution)) {
      List<Trials> trials;
      try (Batches batches = images.batches(reruns.batchSize(), execution.threads())) {
        trials = trials(batches);
      }
      try (Batches batches = images.batches(reruns.batchSize(), execution.threads())) {
        measure(reruns, trials, batches);
      }
      Map<String, Sensitivities.Curve> curves = new LinkedHashMap<>();
      trials.forEach(ofSpace -> curves.put(ofSpace.space().name(), ofSpace.curve()));
      return new Sensitivities(curves);
    }
  }

  private List<Trials> trials(Batches batches) {
    Calibration calibration = new Calibration(spaces, measured);
    try (OriginalRun original = new OriginalRun(graph, execution)) {
      BatchLoop.run("calibrate", batches, listener, batch -> observe(original, calibration, batch));
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
    BatchLoop.run(
        "measure",
        batches,
        listener,
        batch -> {
          try (PointerScope scope = new PointerScope()) {
            reruns.measure(Tensors.of(batch), trials);
          }
          forecast.step();
        });
  }

  private static void observe(OriginalRun original, Calibration calibration, Batch batch) {
    try (PointerScope scope = new PointerScope()) {
      original.observe(Tensors.of(batch), calibration.batch(batch.size()));
    }
  }
}
