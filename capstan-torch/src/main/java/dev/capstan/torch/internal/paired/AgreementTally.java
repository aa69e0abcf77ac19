package dev.capstan.torch.internal.paired;

import dev.capstan.data.Batch;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.recipe.stage.Choices;
import dev.capstan.torch.internal.distributed.BatchSums;
import dev.capstan.torch.internal.distributed.Parcel;
import dev.capstan.torch.internal.distributed.ProcessGroup;
import dev.capstan.torch.internal.distributed.Summation;
import dev.capstan.torch.internal.engine.Execution;
import dev.capstan.torch.internal.engine.InferenceBatch;
import dev.capstan.torch.internal.engine.Program;
import dev.capstan.torch.internal.loss.TaskLoss;
import dev.capstan.torch.internal.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How near a network is to its original: both are shown the same images from end to end. Owns their
 * weights until closed.
 */
public final class AgreementTally implements BatchSums {
  /** What others take their part in. */
  public static final String WORK = "comparing outputs";

  private final Graph original;
  private final Graph network;
  private final Program expected;
  private final Program found;
  private final TaskLoss loss;
  private final OutputErrors errors;
  private final EachImage each;
  private double images;
  private double labelled;
  private double same;
  private double right;
  private double divergence;

  /** What is told of each image, in the order of the images; 0 where one is damaged. */
  private record EachImage(
      double[] seen, double[] index, double[] wanted, double[] chosen, double[] divergence) {
    static EachImage of(int images) {
      return new EachImage(
          new double[images],
          new double[images],
          new double[images],
          new double[images],
          new double[images]);
    }

    void total(ProcessGroup group) {
      Stream.of(seen, index, wanted, chosen, divergence).forEach(group::sum);
    }

    Choices choices() {
      return new Choices(integers(index), integers(wanted), integers(chosen), present(divergence));
    }

    private int[] integers(double[] values) {
      return Arrays.stream(present(values)).mapToInt(value -> (int) value).toArray();
    }

    private double[] present(double[] values) {
      return IntStream.range(0, seen.length)
          .filter(i -> seen[i] > 0)
          .mapToDouble(i -> values[i])
          .toArray();
    }
  }

  private AgreementTally(Graph original, Graph network, int images, Execution execution) {
    this.original = original;
    this.network = network;
    this.loss = new TaskLoss(original);
    this.errors = new OutputErrors(original, network);
    this.each = EachImage.of(loss.ofClasses() ? images : 0);
    this.expected = new Program(original, execution);
    this.found = new Program(network, execution);
  }

  /** What was told of two networks. */
  public static AgreementTally of(Parcel told, ImageSubset images, Execution execution) {
    List<Graph> both = told.networks();
    return new AgreementTally(both.get(0), both.get(1), images.size(), execution);
  }

  /**
   * Compares two networks.
   *
   * @param images at least one
   * @param what what the listener is told this is
   * @return closed: what it owns is not asked for any more
   */
  public static AgreementTally of(
      Graph original, Graph network, ImageSubset images, Summation summation, String what) {
    try (AgreementTally tally =
        new AgreementTally(original, network, images.size(), summation.execution())) {
      return summation.over(what, images, InferenceBatch.of(original), tally);
    }
  }

  @Override
  public Parcel told() {
    return new Parcel(WORK, Map.of(), Map.of(), List.of(original, network));
  }

  @Override
  public void add(Batch batch, long first) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Tensor[] pixels = Tensors.of(batch);
      Tensor[] targets = expected.run(pixels);
      Tensor[] outputs = found.run(pixels);
      try {
        add(List.of(targets), List.of(outputs), batch, (int) first);
      } finally {
        Stream.of(targets, outputs).flatMap(Stream::of).forEach(Tensor::close);
      }
    }
  }

  private void add(List<Tensor> targets, List<Tensor> outputs, Batch batch, int first) {
    errors.add(targets, outputs, batch.size());
    images += batch.size();
    labelled += Arrays.stream(batch.labels()).filter(l -> l != Dataset.UNLABELLED).count();
    if (loss.ofClasses()) {
      double[] apart = Tensors.doubles(loss.divergences(targets, outputs));
      divergence += Arrays.stream(apart).sum();
      Tensor chosen = best(loss.first(outputs));
      Tensor wanted = best(loss.first(targets));
      same += wanted.eq(chosen).sum().item_long();
      long[] labels = Arrays.stream(batch.labels()).asLongStream().toArray();
      right += Tensors.of(labels, labels.length).eq(chosen).sum().item_long();
      Arrays.fill(each.seen, first, first + batch.size(), 1);
      System.arraycopy(doubles(batch.indices()), 0, each.index, first, batch.size());
      System.arraycopy(Tensors.doubles(wanted), 0, each.wanted, first, batch.size());
      System.arraycopy(Tensors.doubles(chosen), 0, each.chosen, first, batch.size());
      System.arraycopy(apart, 0, each.divergence, first, batch.size());
    }
  }

  private static double[] doubles(int[] values) {
    return Arrays.stream(values).asDoubleStream().toArray();
  }

  private static Tensor best(Tensor output) {
    return output.argmax(new LongOptional(1), false);
  }

  @Override
  public void total(ProcessGroup group) {
    double[] all = {images, labelled, same, right, divergence};
    group.sum(all);
    images = all[0];
    labelled = all[1];
    same = all[2];
    right = all[3];
    divergence = all[4];
    errors.total(group);
    each.total(group);
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
    return loss.ofClasses() && labelled == images ? 100.0 * right / images : null;
  }

  /** Which class each image got, null for outputs that are no classes. */
  public @Nullable Choices choices() {
    return loss.ofClasses() ? each.choices() : null;
  }

  /** Mean divergence of the outputs; their relative squared error where they are no classes. */
  public double divergence() {
    return loss.ofClasses() ? divergence / images : errors.squaredAsLearned();
  }

  /** The error of each output, see {@link OutputErrors}. */
  public Map<String, Double> outputErrors() {
    return errors.relative();
  }

  @Override
  public void close() {
    expected.close();
    found.close();
  }
}
