package dev.capstan.torch.internal.train;

import dev.capstan.data.Batch;
import dev.capstan.recipe.TrainRecipe.Optimizer;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.internal.tensor.Tensors;
import dev.capstan.torch.internal.watch.Course;
import dev.capstan.torch.internal.watch.WatchedImages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Watches a student on images that it does not learn from: where its loss rises there it goes back
 * to its best state. Student and objective stay the caller's; what images are judged by is its own
 * until it is closed.
 */
final class Watch implements AutoCloseable {
  /** What Adam's runs may lose: few steps, and long ones beside what is to be gained. */
  private static final double LEAST_RISE = 1.1;

  /**
   * What runs on the statistics of batches may: as long as rates are high the running ones lag
   * behind the weights, and a loss of 4.4 times the best one was 0.93 of it in the end
   * (docs/experiments.md).
   */
  private static final double MOST_RISE = 16;

  /** Beyond it a difference is no chance. */
  private static final double STANDARD_ERRORS = 2;

  /** Elements of an image's outputs: those of 64 images take 256 MB. */
  private static final long KEPT = 1 << 20;

  private final Student student;
  private final Objective objective;
  private final WatchedImages images;
  private final List<Watched> batches;
  private final List<double[]> atStart;
  private final WorkListener listener;
  private final double rise;
  private Course course;

  /**
   * Begins at the student as it stands, which it remembers as its best state.
   *
   * @param images that all processes look at together
   * @param optimizer that takes its steps
   */
  Watch(
      Student student,
      Objective objective,
      WatchedImages images,
      Optimizer optimizer,
      WorkListener listener) {
    this.rise = rise(optimizer);
    this.student = student;
    this.objective = objective;
    this.images = images;
    this.batches = images.batches().stream().map(Watched::new).toList();
    this.listener = listener;
    this.course = Course.from(loss());
    this.atStart = batches.stream().map(Watched::losses).toList();
  }

  /** By how many times the best loss a run may lose. */
  static double rise(Optimizer optimizer) {
    return optimizer == Optimizer.ADAM ? LEAST_RISE : MOST_RISE;
  }

  /** How the run stands. */
  Course course() {
    return course;
  }

  /** Goes on with a course that was left; the start is the student's as it was at first. */
  void resume(Course left) {
    course = left;
  }

  /** Looks at the student after so many steps. */
  void look(int done) {
    double now = loss();
    if (course.rises(now, rise)) {
      back(done, now);
    } else if (course.improves(now)) {
      student.keep();
      course = course.withBest(now);
    }
    agree("after step " + done);
  }

  private void agree(String when) {
    images.group().agree("trained weights " + when, student::hash);
  }

  /** Sends the student back for a loss that is too high, or no number. */
  void back(int done, double risen) {
    student.back();
    course = course.rolledBack();
    listener.note(course.told("training", done, risen));
  }

  /**
   * Ends the run: a student that has lost by it goes back to its best state. What began by
   * imitating a teacher begins low on images that the teacher has learned, and few are looked at: a
   * run that never went back has lost where its mean loss has risen by more than {@value
   * #STANDARD_ERRORS} standard errors of the images' differences.
   *
   * @return whether that is another than the start
   */
  boolean end() {
    agree("at the end");
    if (course.rollBacks() > 0 ? !course.endsInVain(loss()) : !isWorse()) {
      return true;
    }
    student.back();
    boolean better = course.best() < course.start();
    listener.note(
        better
            ? "training: the last weights are worse on images held out than the start: the best ones are kept"
            : "training: nothing better was found on images held out than the start: it stays");
    return better;
  }

  /** Whether it is worse than the start, beyond what so few images can tell. */
  private boolean isWorse() {
    List<double[]> sums = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      double[] now = batches.get(i).losses();
      double[] start = atStart.get(i);
      double[] rises = new double[now.length];
      Arrays.setAll(rises, k -> now[k] - start[k]);
      sums.add(
          new double[] {
            Arrays.stream(rises).average().orElse(0),
            Arrays.stream(rises).map(rise -> rise * rise).average().orElse(0)
          });
    }
    double[] means = images.means(2, sums);
    return exceedsChance(means[0], means[1], images.count());
  }

  /**
   * Whether rises of so many images lie above 0 by more than {@value #STANDARD_ERRORS} standard
   * errors of their mean; where they are no numbers, too.
   *
   * @param square mean of their squares
   */
  static boolean exceedsChance(double mean, double square, long count) {
    double variance = Math.max(0, square - mean * mean);
    return !(mean <= STANDARD_ERRORS * Math.sqrt(variance / Math.max(1, count)));
  }

  /** Mean loss of the student as it would be the result. */
  private double loss() {
    return images.means(1, batches.stream().map(Watched::loss).toList())[0];
  }

  /** A batch that is looked at again and again; so what it is judged by is kept, if it is small. */
  private final class Watched {
    private final Batch batch;
    private @Nullable List<Tensor> targets;

    Watched(Batch batch) {
      this.batch = batch;
    }

    double[] loss() {
      return judged(
          (judging, outputs) -> new double[] {objective.result(judging, batch.labels(), outputs)});
    }

    /** Of each image by itself. */
    double[] losses() {
      return judged(
          (judging, outputs) -> {
            double[] each = new double[batch.size()];
            Arrays.setAll(each, i -> objective.result(of(i, judging), labels(i), of(i, outputs)));
            return each;
          });
    }

    private double[] judged(BiFunction<List<Tensor>, List<Tensor>, double[]> judge) {
      try (PointerScope scope = new PointerScope()) {
        Tensor[] pixels = Tensors.of(batch);
        List<Tensor> judging = targets == null ? objective.targets(pixels) : targets;
        List<Tensor> outputs = student.infer(pixels);
        try {
          return judge.apply(judging, outputs);
        } finally {
          outputs.forEach(Tensor::close);
          keep(judging);
        }
      }
    }

    /** An image's part of what a batch gives, which may be some rows an image. */
    private List<Tensor> of(int image, List<Tensor> values) {
      return values.stream()
          .map(
              value -> {
                long rows = value.size(0) / batch.size();
                return rows == 0 ? value : value.narrow(0, image * rows, rows);
              })
          .toList();
    }

    private int[] labels(int image) {
      int[] labels = batch.labels();
      return labels.length == 0 ? labels : new int[] {labels[image]};
    }

    private void keep(List<Tensor> judging) {
      if (judging.stream().mapToLong(Tensor::numel).sum() <= KEPT * batch.size()) {
        targets = judging;
      } else {
        judging.forEach(Tensor::close);
      }
    }
  }

  @Override
  public void close() {
    for (Watched one : batches) {
      if (one.targets != null) {
        one.targets.forEach(Tensor::close);
      }
    }
  }
}
