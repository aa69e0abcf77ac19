package dev.capstan.torch.internal.sensitivity;

import dev.capstan.cost.Cost;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.rank.allocate.Sensitivities;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.MeasureRecipe;
import dev.capstan.recipe.stage.Measured;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.CalibrationSums;
import dev.capstan.torch.internal.calibrate.GreedySelection;
import dev.capstan.torch.internal.calibrate.OutputGradients;
import dev.capstan.torch.internal.calibrate.Watched;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.Forecast;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.loss.TellingImages;
import dev.capstan.torch.internal.sensitivity.MeasurementState.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the outputs move when one space alone is compressed: their relative squared error, which
 * is 0 at the full width, needs no labels, and adds up over spaces better than a divergence does
 * (docs/experiments.md).
 *
 * <p>The basis is a selection, nested over the ranks, with the other channels rebuilt by least
 * squares. Some images are seen for the channels' second moments; then, batch by batch, the
 * original is run once on others and what lies after each space once a rank.
 */
public final class Measurement {
  /** Of so many times as many images those are taken that tell most. */
  private static final int POOL = 8;

  private final Graph graph;
  private final ChannelSpaces spaces;
  private final List<Space> measured;
  private final MeasureRecipe recipe;
  private final Summation summation;
  private final Execution execution;
  private final WorkListener listener;
  private @Nullable SealedFile file;

  /** A measurement of some spaces. */
  public Measurement(
      ChannelSpaces spaces, List<Space> measured, MeasureRecipe recipe, Summation summation) {
    this.graph = spaces.graph();
    this.spaces = spaces;
    this.measured = List.copyOf(measured);
    this.recipe = recipe;
    this.summation = summation;
    this.execution = summation.execution();
    this.listener = summation.listener();
  }

  /**
   * The same.
   *
   * @param file where the errors of the batches passed are kept, null for nowhere
   */
  public Measurement keptIn(@Nullable SealedFile file) {
    this.file = file;
    return this;
  }

  /**
   * Measures on the last of these images, as many as the recipe or the budget says; of a detector
   * on those of them in which it finds most.
   */
  public Measured run(ImageSubset images) {
    MeasurementState state = new MeasurementState(file);
    Measured before = state.end();
    if (before != null) {
      return before;
    }
    Measured found = run(images, state);
    state.end(found);
    return found;
  }

  private Measured run(ImageSubset images, MeasurementState state) {
    Effort effort = Effort.of(graph, measured, recipe, images.size());
    TaskLoss loss = new TaskLoss(graph).measured(graph, images, execution);
    try (Reruns reruns = new Reruns(spaces, measured, loss, execution)) {
      Calibration calibration = new Calibration(spaces, measured);
      ImageSubset first = part(images, 0, effort.calibrated());
      try (CalibrationSums moments = new CalibrationSums(calibration, execution)) {
        summation.over("calibrate", first, reruns.batchSize(), moments);
      }
      OutputGradients.show(calibration, first, loss, summation);
      List<Trials> trials = trials(calibration, effort);
      Place begun = state.place(trials, new Place(0, 0, effort.choosing(graph)));
      Place ended = new Errors(reruns, loss, trials, state).after(begun, telling(images, effort));
      if (effort.isSparing()) {
        listener.note(
            "sensitivities: %d images, up to %d ranks of %d spaces: %.0f forward runs of one image"
                .formatted(effort.measured(), effort.ranks(), measured.size(), ended.runs()));
      }
      return new Measured(curves(trials), effort.images(), ended.runs());
    }
  }

  private static ImageSubset part(ImageSubset images, int from, int to) {
    return ImageSubset.of(images.store(), Arrays.copyOfRange(images.indices(), from, to));
  }

  /** As many as errors are measured on, of those that nothing was calibrated on if there are. */
  private ImageSubset telling(ImageSubset images, Effort effort) {
    int all = images.size();
    int count = effort.measured();
    if (!TellingImages.tell(graph)) {
      return part(images, all - count, all);
    }
    int others = Math.max(count, all - effort.calibrated());
    ImageSubset pool = part(images, all - Math.min(others, POOL * count), all);
    return TellingImages.of(graph, pool, count, execution);
  }

  private static Sensitivities curves(List<Trials> trials) {
    Map<String, Sensitivities.Curve> curves = new LinkedHashMap<>();
    trials.forEach(ofSpace -> curves.put(ofSpace.space().name(), ofSpace.curve()));
    return new Sensitivities(curves);
  }

  private List<Trials> trials(Calibration calibration, Effort effort) {
    List<Trials> trials = new ArrayList<>();
    for (Space space : measured) {
      GreedySelection chosen = calibration.selection(space);
      trials.add(
          new Trials(space, recipe.grid(), effort.ranks(), rank -> chosen.to(rank).rebuilding()));
    }
    return trials;
  }

  /** The errors of trials on their way over images. */
  private final class Errors {
    private final Reruns reruns;
    private final TaskLoss loss;
    private final List<Trials> trials;
    private final MeasurementState state;
    private Place place = new Place(0, 0, 0);

    Errors(Reruns reruns, TaskLoss loss, List<Trials> trials, MeasurementState state) {
      this.reruns = reruns;
      this.loss = loss;
      this.trials = trials;
      this.state = state;
    }

    /** Measures on the images that are left at a place; where that ends. */
    Place after(Place begun, ImageSubset images) {
      place = begun;
      int size = reruns.batchSize();
      int passed = (int) Math.min(images.size(), begun.passed() * size);
      ImageSubset left = part(images, passed, images.size());
      long batches = (left.size() + size - 1) / size;
      Forecast forecast = new Forecast("measuring sensitivities", batches, listener);
      double runsAnImage = runsAnImage(trials);
      TrialSums.Passed step =
          (nowPassed, count) -> {
            place = place.after(begun.passed() + nowPassed, count, runsAnImage);
            state.offer(place, trials);
            forecast.step();
          };
      Watched watched = new Watched(spaces, measured);
      summation.over(
          "sensitivities", left, size, new TrialSums(watched, reruns, loss, trials, step));
      return place;
    }
  }

  /** What an image costs: a run of the original, and of what lies behind a space one a rank. */
  private double runsAnImage(List<Trials> trials) {
    Map<String, Long> macs = Cost.macs(graph);
    return 1
        + trials.stream()
            .mapToDouble(t -> t.ranks().size() * Effort.share(graph, macs, t.space()))
            .sum();
  }
}
