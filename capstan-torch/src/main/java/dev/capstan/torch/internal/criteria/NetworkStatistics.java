package dev.capstan.torch.internal.criteria;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.rank.RankAllocation;
import dev.capstan.recipe.CalibrationRecipe;
import dev.capstan.recipe.ChannelStatistics;
import dev.capstan.recipe.WorkListener;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.BatchLoop;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.learn.Calibration;
import dev.capstan.torch.internal.learn.OriginalRun;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      return Filters.of(allocation.network().trained(), spaces(), space).rows();
    }

    @Override
    public double[] activationEnergies() {
      return calibration().activationEnergies(space);
    }

    @Override
    public double[] readerEnergies() {
      return calibration().readerEnergies(space);
    }

    @Override
    public double[] lossSensitivities() {
      double[] scores = sensitivities().get(space.name());
      if (scores == null) {
        throw new IllegalStateException("space '" + space.name() + "' was not watched");
      }
      return scores.clone();
    }
  }

  private Calibration calibration() {
    return calibration == null ? calibrated((node, values) -> {}) : calibration;
  }

  /** The energies, computed in one pass in which somebody else sees the original's values too. */
  Calibration calibrated(OriginalRun.Observer also) {
    Calibration found = new Calibration(spaces(), spaces().compressible());
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
      List<Space> watched = spaces().compressible();
      Map<String, double[]> found = new HashMap<>();
      try (Taylor taylor = new Taylor(spaces(), watched, execution)) {
        forEach(
            batch ->
                taylor.add(
                    Tensors.of(batch),
                    outputs ->
                        images.isLabelled()
                            ? loss.crossEntropy(outputs.get(0), batch.labels())
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
