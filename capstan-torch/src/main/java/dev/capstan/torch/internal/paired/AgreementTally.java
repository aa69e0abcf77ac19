package dev.capstan.torch.internal.paired;

import dev.capstan.data.Batch;
import dev.capstan.data.Dataset;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.Choices;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** How near a network is to its original, summed up over batches. */
public final class AgreementTally {
  private final TaskLoss loss;
  private final OutputErrors errors;
  private long images;
  private long same;
  private long right;
  private boolean labelled = true;
  private double divergence;
  private final IntStream.Builder shown = IntStream.builder();
  private final IntStream.Builder wanted = IntStream.builder();
  private final IntStream.Builder chosen = IntStream.builder();
  private final DoubleStream.Builder divergences = DoubleStream.builder();

  private AgreementTally(SideBySide pair) {
    this.loss = new TaskLoss(pair.original());
    this.errors = new OutputErrors(pair.original(), pair.network());
  }

  /**
   * Compares two networks.
   *
   * @param pair both, and the images that they are shown, at least one
   * @param what what the listener is told this is
   */
  public static AgreementTally of(SideBySide pair, String what, WorkListener listener) {
    AgreementTally tally = new AgreementTally(pair);
    pair.run(what, listener, tally::add);
    return tally;
  }

  private void add(List<Tensor> targets, List<Tensor> outputs, Batch batch) {
    errors.add(targets, outputs, batch.size());
    images += batch.size();
    labelled &= Arrays.stream(batch.labels()).noneMatch(label -> label == Dataset.UNLABELLED);
    if (loss.ofClasses()) {
      double[] each = Tensors.doubles(loss.divergences(targets, outputs));
      Arrays.stream(each).forEach(divergences);
      divergence += Arrays.stream(each).sum();
      Tensor found = best(loss.first(outputs));
      Tensor expected = best(loss.first(targets));
      same += expected.eq(found).sum().item_long();
      Arrays.stream(batch.indices()).forEach(shown);
      add(expected, wanted);
      add(found, chosen);
      long[] labels = Arrays.stream(batch.labels()).asLongStream().toArray();
      right += Tensors.of(labels, labels.length).eq(found).sum().item_long();
    }
  }

  private static void add(Tensor classes, IntStream.Builder all) {
    for (float index : Tensors.floats(classes)) {
      all.add((int) index);
    }
  }

  private static Tensor best(Tensor output) {
    return output.argmax(new LongOptional(1), false);
  }

  /**
   * Share of images for which both give the same class the largest output, in percent; null for
   * outputs that are no classes.
   */
  public @Nullable Double top1() {
    return loss.ofClasses() ? 100.0 * same / images : null;
  }

  /**
   * Share of images for which the network gives the class of their label the largest output, in
   * percent; null where there are no labels, or no classes.
   */
  public @Nullable Double accuracy() {
    return loss.ofClasses() && labelled ? 100.0 * right / images : null;
  }

  /** Which class each image got, null for outputs that are no classes. */
  public @Nullable Choices choices() {
    return loss.ofClasses()
        ? new Choices(
            shown.build().toArray(),
            wanted.build().toArray(),
            chosen.build().toArray(),
            divergences.build().toArray())
        : null;
  }

  /** Mean divergence of the outputs; their relative squared error where they are no classes. */
  public double divergence() {
    return loss.ofClasses() ? divergence / images : errors.squaredAsLearned();
  }

  /** The error of each output, see {@link OutputErrors}. */
  public Map<String, Double> outputErrors() {
    return errors.relative();
  }
}
