package dev.capstan.torch.internal.sensitivity;

import dev.capstan.compress.BasesFile;
import dev.capstan.data.Batch;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Constant;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.Watched;
import dev.capstan.torch.internal.distributed.BatchSums;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.PointerScope;

/**
 * The errors of trials, brought together step by step: a measurement keeps them on its way. Owns
 * the network's weights.
 */
public final class TrialSums implements BatchSums {
  /** What others take their part in. */
  public static final String WORK = "measuring sensitivities";

  private static final String LOSS = "loss/";
  private static final String BASES = "bases/";

  private final Watched watched;
  private final TaskLoss loss;
  private final Reruns reruns;
  private final List<Trials> trials;
  private final Passed passed;

  /** Of this step: images, then errors as {@link Reruns#measure} has them. */
  private final double[] step;

  /** Takes where the measurement is. */
  interface Passed {
    /**
     * Called after each step, whose errors the trials have.
     *
     * @param batches passed so far
     * @param images that the step had
     */
    void at(long batches, long images);
  }

  /**
   * Of no images yet.
   *
   * @param reruns of these spaces; closed with this
   * @param loss what they measure errors by
   */
  TrialSums(Watched watched, Reruns reruns, TaskLoss loss, List<Trials> trials, Passed passed) {
    this.watched = watched;
    this.loss = loss;
    this.reruns = reruns;
    this.trials = trials;
    this.passed = passed;
    this.step = new double[1 + trials.stream().mapToInt(t -> t.ranks().size()).sum()];
  }

  /** What was told of some. */
  public static TrialSums of(Parcel told, ImageSubset images, Execution execution) {
    Watched watched = Watched.of(told);
    TaskLoss loss = new TaskLoss(watched.spaces().graph()).measuredBy(told.reals(LOSS));
    Reruns reruns = new Reruns(watched.spaces(), watched.some(), loss, execution);
    return new TrialSums(watched, reruns, loss, trials(watched, told), (batches, count) -> {});
  }

  @Override
  public Parcel told() {
    Map<String, Constant> tensors = new LinkedHashMap<>();
    for (int k = 0; k < most(); k++) {
      String prefix = BASES + k + "/";
      BasesFile.tensors(bases(k), watched.spaces())
          .forEach((name, tensor) -> tensors.put(prefix + name, tensor));
    }
    return watched.told(WORK).withReals(LOSS, loss.measures()).with(Map.of(), tensors);
  }

  private int most() {
    return trials.stream().mapToInt(ofSpace -> ofSpace.ranks().size()).max().orElse(0);
  }

  /** The k-th of each space that has so many. */
  private Bases bases(int k) {
    Map<String, Basis> bySpace = new LinkedHashMap<>();
    trials.stream()
        .filter(ofSpace -> k < ofSpace.ranks().size())
        .forEach(ofSpace -> bySpace.put(ofSpace.space().name(), ofSpace.bases().get(k)));
    return new Bases(bySpace);
  }

  private static List<Trials> trials(Watched watched, Parcel told) {
    Map<Space, NavigableMap<Integer, Basis>> byRank = new LinkedHashMap<>();
    watched.some().forEach(space -> byRank.put(space, new TreeMap<>()));
    Map<String, Constant> part = told.part(BASES + 0 + "/");
    for (int k = 1; !part.isEmpty(); k++) {
      Bases bases = BasesFile.of(part, Path.of("rank 0"), watched.spaces());
      byRank.forEach(
          (space, all) -> {
            if (bases.contains(space.name())) {
              all.put(bases.rank(space), bases.of(space));
            }
          });
      part = told.part(BASES + k + "/");
    }
    List<Trials> trials = new ArrayList<>();
    byRank.forEach((space, bases) -> trials.add(new Trials(space, bases)));
    return trials;
  }

  @Override
  public void add(Batch batch, long first) {
    add(batch, first, done -> {});
  }

  /** One a space: a batch of a large network takes minutes. */
  @Override
  public int parts() {
    return trials.size();
  }

  @Override
  public void add(Batch batch, long first, IntConsumer done) {
    try (PointerScope scope = new PointerScope()) {
      double[] errors = reruns.measure(Tensors.of(batch), trials, done);
      step[0] += batch.size();
      Arrays.setAll(errors, i -> step[1 + i] += errors[i]);
    }
  }

  @Override
  public void endStep(ProcessGroup group, long batches) {
    group.sum(step);
    long images = Math.round(step[0]);
    int from = 1;
    for (Trials ofSpace : trials) {
      int to = from + ofSpace.ranks().size();
      ofSpace.add(Arrays.copyOfRange(step, from, to), images);
      from = to;
    }
    Arrays.fill(step, 0);
    passed.at(batches, images);
  }

  @Override
  public void total(ProcessGroup group) {}

  @Override
  public void close() {
    reruns.close();
  }
}
