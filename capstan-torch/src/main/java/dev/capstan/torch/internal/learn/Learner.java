package dev.capstan.torch.internal.learn;

import dev.capstan.error.InvalidInputException;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Freedom;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.Execution;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Learns the bases of all free spaces at once, with the weights frozen (docs/method.md, section 4).
 * Spaces that may only be selected from keep their channels: a tied basis stays as it is, of an
 * oblique one D learns.
 *
 * <p>Owns both networks and the optimisers' state until closed. Not thread-safe.
 */
public final class Learner implements AutoCloseable {
  /** The task term of the loss. */
  public interface TaskTerm {
    /** Its value for one batch, a scalar. */
    Tensor of(Lockstep.Result result);
  }

  private final Bases start;
  private final Lockstep networks;
  private final Map<String, Double> scales;
  private final Map<String, LearnedBasis> learned = new LinkedHashMap<>();
  private final Map<String, Projector.Pair> frozen = new HashMap<>();
  private final Set<String> slow;
  private int steps;

  /**
   * Starts from bases.
   *
   * @param scales c by compared value ({@link Calibration#scales})
   * @param recipe form of the bases, images a step
   */
  public Learner(
      ChannelSpaces spaces,
      Bases start,
      Map<String, Double> scales,
      LearnRecipe recipe,
      Execution execution) {
    this.start = start;
    this.scales = scales;
    start.bySpace().forEach((name, basis) -> add(spaces.space(name), basis, recipe.form()));
    this.slow = UpdateInterval.slow(spaces, start, learned.keySet(), recipe.batch());
    this.networks = new Lockstep(spaces, start, slow, execution);
  }

  private void add(Space space, Basis basis, BasisForm form) {
    if (!learns(space, form)) {
      frozen.put(space.name(), Lockstep.fixed(basis));
    } else if (form == BasisForm.TIED) {
      learned.put(space.name(), LearnedBasis.tied(basis));
    } else {
      boolean free = space.freedom() == Freedom.FREE;
      learned.put(space.name(), free ? LearnedBasis.oblique(basis) : LearnedBasis.decoding(basis));
    }
  }

  /**
   * Whether the basis of a space learns: a selection cannot, what rebuilds from it can, but not
   * across groups.
   */
  static boolean learns(Space space, BasisForm form) {
    return space.groups() == 1 && (form == BasisForm.OBLIQUE || space.freedom() == Freedom.FREE);
  }

  /**
   * One step of all bases.
   *
   * @param images a batch
   * @param taskWeight gamma; where 0 the task loss is not computed
   * @return the loss before the step, and its reconstruction part
   */
  public Loss step(Tensor images, TaskTerm task, double taskWeight, double rate) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Projector.Pair> pairs = pairs();
      Lockstep.Result result = networks.run(images, pairs, scales);
      Tensor loss = result.rho();
      if (taskWeight > 0) {
        loss = loss.add(task.of(result).mul(new Scalar(taskWeight)));
      }
      loss.backward();
      Loss values = new Loss(loss.item_double(), result.rho().item_double());
      if (!Double.isFinite(values.total())) {
        throw new InvalidInputException(
            "the loss is no longer finite: check the model and the preprocessing (setting 'mean', setting 'std',"
                + " setting 'range'), or try setting 'precision' fp32");
      }
      steps++;
      move(pairs, rate, steps % UpdateInterval.PERIOD == 0);
      result.original().forEach(Tensor::close);
      result.compressed().forEach(Tensor::close);
      return values;
    }
  }

  private Map<String, Projector.Pair> pairs() {
    Map<String, Projector.Pair> pairs = new HashMap<>(frozen);
    learned.forEach((name, basis) -> pairs.put(name, basis.leaves()));
    return pairs;
  }

  /** Steps of all spaces but the slow ones, whose turn comes with every few. */
  private void move(Map<String, Projector.Pair> pairs, double rate, boolean all) {
    if (all) {
      networks.release(pairs);
    }
    learned.forEach(
        (name, basis) -> {
          if (all || !slow.contains(name)) {
            basis.step(rate);
          }
        });
  }

  /** Slow spaces take a last step on what they gathered since their turn came. */
  void finish(double rate) {
    if (steps % UpdateInterval.PERIOD != 0) {
      try (PointerScope scope = new PointerScope()) {
        move(pairs(), rate, true);
      }
    }
  }

  /**
   * What a step saw.
   *
   * @param total the loss
   * @param rho its reconstruction part
   */
  public record Loss(double total, double rho) {}

  /** The bases as they stand. */
  Bases bases() {
    Map<String, Basis> bases = new LinkedHashMap<>(start.bySpace());
    learned.forEach((name, basis) -> bases.put(name, basis.basis()));
    return new Bases(bases);
  }

  @Override
  public void close() {
    networks.close();
    learned.values().forEach(LearnedBasis::close);
    frozen.values().forEach(Projector.Pair::close);
  }
}
