package dev.capstan.torch.internal.criteria;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.OriginalRun;
import dev.capstan.torch.internal.engine.BatchLoop;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * What criteria may know of a network's channels, computed when it is first asked for: one pass
 * over the images serves all spaces.
 */
final class NetworkStatistics {
  private final RankAllocation allocation;
  private final ImageSubset images;
  private final CalibrationRecipe recipe;
  private final Execution execution;
  private final WorkListener listener;
  private final Graph trained;
  private final Map<String, double[]> draws;
  private final Calibration weights;
  private @Nullable Calibration calibration;
  private @Nullable Map<String, double[]> sensitivities;

  /**
   * The statistics of a network.
   *
   * @param images some of which are looked at, if any statistic needs them
   */
  NetworkStatistics(
      RankAllocation allocation,
      ImageSubset images,
      CalibrationRecipe recipe,
      Execution execution,
      WorkListener listener) {
    this.allocation = allocation;
    this.images = images;
    this.recipe = recipe;
    this.execution = execution;
    this.listener = listener;
    this.trained = allocation.network().trained();
    this.draws = draws(recipe.seed());
    this.weights = new Calibration(spaces(), compressed());
  }

  /** All spaces draw, so that one space's numbers do not hang on the ranks of others. */
  private Map<String, double[]> draws(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, double[]> drawn = new HashMap<>();
    spaces()
        .compressible()
        .forEach(space -> drawn.put(space.name(), random.doubles(space.width()).toArray()));
    return drawn;
  }

  private List<Space> compressed() {
    return allocation.ranks().compressed(spaces());
  }

  private ChannelSpaces spaces() {
    return allocation.spaces();
  }

  /** Those of one space. */
  ChannelStatistics of(Space space) {
    return new OfSpace(space);
  }

  private final class OfSpace implements ChannelStatistics {
    private final Space space;

    OfSpace(Space space) {
      this.space = space;
    }

    @Override
    public String space() {
      return space.name();
    }

    @Override
    public int width() {
      return space.width();
    }

    @Override
    public double[][] filters() {
      return Filters.of(trained, spaces(), space).rows();
    }

    @Override
    public double[] activationEnergies() {
      return calibration().activationEnergies(space);
    }

    @Override
    public double[] readerEnergies() {
      return weights.readerEnergies(space);
    }

    @Override
    public double[] lossSensitivities() {
      return own(sensitivities());
    }

    @Override
    public double[] draws() {
      return own(draws);
    }

    private double[] own(Map<String, double[]> bySpace) {
      double[] found = bySpace.get(space.name());
      if (found == null) {
        throw new IllegalStateException("space '" + space.name() + "' is not compressed");
      }
      return found.clone();
    }
  }

  private Calibration calibration() {
    return calibration == null ? calibrated((node, values) -> {}) : calibration;
  }

  /** The energies, computed in one pass in which somebody else sees the original's values too. */
  Calibration calibrated(OriginalRun.Observer also) {
    Calibration found = new Calibration(spaces(), compressed());
    try (OriginalRun original = new OriginalRun(spaces().graph(), execution)) {
      forEach(
          batch -> {
            OriginalRun.Observer energies = found.batch(batch.size());
            original.observe(
                Tensors.of(batch),
                (node, values) -> {
                  also.after(node, values);
                  energies.after(node, values);
                });
          });
    }
    calibration = found;
    return found;
  }

  private Map<String, double[]> sensitivities() {
    if (sensitivities == null) {
      TaskLoss loss = new TaskLoss(spaces().graph());
      List<Space> watched = compressed();
      Map<String, double[]> found = new HashMap<>();
      try (Taylor taylor = new Taylor(spaces(), watched, execution)) {
        forEach(
            batch ->
                taylor.add(
                    Tensors.of(batch),
                    outputs ->
                        images.isLabelled()
                            ? loss.crossEntropy(loss.first(outputs), batch.labels())
                            : loss.ofOwnClasses(outputs)));
        watched.forEach(space -> found.put(space.name(), taylor.scores(space)));
      }
      sensitivities = found;
    }
    return sensitivities;
  }

  private void forEach(Consumer<Batch> use) {
    ImageSubset sample = images.sample(recipe.images(), recipe.seed());
    try (Batches batches = sample.batches(recipe.batch(), execution.threads())) {
      BatchLoop.run(
          "calibrate",
          batches,
          listener,
          batch -> {
            try (PointerScope scope = new PointerScope()) {
              use.accept(batch);
            }
          });
    }
  }
}
