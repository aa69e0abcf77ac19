package dev.capstan.torch.internal.learn;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.recipe.stage.BasisForm;
import dev.capstan.recipe.stage.LearnRecipe;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Freedom;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.calibrate.Calibration;
import dev.capstan.torch.internal.calibrate.ChannelScales;
import dev.capstan.torch.internal.calibrate.Scales;
import dev.capstan.torch.internal.checkpoint.SealedFile;
import dev.capstan.torch.internal.distributed.Exchange;
import dev.capstan.torch.internal.engine.Execution;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
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

  /** Spaces that learn at the nominal rate; where more do, their steps add up. */
  private static final double REFERENCE_SPACES = 12;

  private static final String STEPS = "steps";

  private final Bases start;
  private final Lockstep networks;
  private final Scales scales;
  private final Map<String, LearnedBasis> learned = new LinkedHashMap<>();
  private final Map<String, Projector.Pair> frozen = new HashMap<>();
  private final Set<String> slow;
  private final GradientSums gradients;
  private int steps;

  /**
   * Starts from bases.
   *
   * @param scales of what is compared, and of channels ({@link Calibration#scales})
   * @param recipe form of the bases, images a step
   */
  public Learner(
      ChannelSpaces spaces, Bases start, Scales scales, LearnRecipe recipe, Execution execution) {
    this(spaces, start, scales, recipe, execution, Exchange.NONE);
  }

  /**
   * The same.
   *
   * @param exchange brings together what a step is made of
   */
  Learner(
      ChannelSpaces spaces,
      Bases start,
      Scales scales,
      LearnRecipe recipe,
      Execution execution,
      Exchange exchange) {
    this.start = start;
    this.scales = scales;
    this.gradients = new GradientSums(exchange);
    start.bySpace().forEach((name, basis) -> add(spaces.space(name), basis, recipe.form()));
    this.slow =
        UpdateInterval.slow(
            spaces, start, learned.keySet(), Math.max(1, recipe.batch() / exchange.microBatches()));
    this.networks = new Lockstep(spaces, start, slow, execution);
  }

  private void add(Space space, Basis basis, BasisForm form) {
    if (!learns(space, form)) {
      frozen.put(space.name(), Lockstep.fixed(basis));
    } else if (form == BasisForm.TIED) {
      learned.put(space.name(), LearnedBasis.tied(basis));
    } else {
      ChannelScales channels = scales.of(space);
      learned.put(
          space.name(),
          space.freedom() == Freedom.FREE
              ? LearnedBasis.oblique(basis, channels)
              : LearnedBasis.decoding(basis, channels));
    }
  }

  /**
   * Whether the basis of a space learns: a selection cannot, what rebuilds from it can, but not
   * across groups.
   */
  static boolean learns(Space space, BasisForm form) {
    return !space.groups().readAlone()
        && (form == BasisForm.OBLIQUE || space.freedom() == Freedom.FREE);
  }

  /**
   * One step of all bases on one batch.
   *
   * @param images a batch
   * @param taskWeight gamma; where 0 the task loss is not computed
   * @return the loss before the step, and its reconstruction part; where it is no number, nothing
   *     has moved
   */
  public Loss step(Tensor[] images, TaskTerm task, double taskWeight, double rate) {
    gather(images, task, taskWeight);
    return step(rate).loss();
  }

  /** Takes in a micro-batch of the next step, as {@link #step} says. */
  void gather(Tensor[] images, TaskTerm task, double taskWeight) {
    try (PointerScope scope = new PointerScope()) {
      Lockstep.Result result = networks.run(images, pairs(), scales.values());
      Tensor loss = loss(result, task, taskWeight);
      Loss values = new Loss(loss.item_double(), result.rho().item_double());
      Tensor part = gradients.part(loss, values, Math.toIntExact(images[0].size(0)));
      // A loss that no basis has a part in, as where all that reads them gives zeros, moves none.
      if (Double.isFinite(values.total()) && part.requires_grad()) {
        part.backward();
      }
      close(result);
    }
  }

  /**
   * What a step was.
   *
   * @param loss before it; where it is no number, nothing has moved
   * @param images of all processes; where there are none, there was no step
   */
  record Taken(Loss loss, long images) {}

  /**
   * One step of all bases along what was gathered, by this process and all others.
   *
   * @param rate for as many spaces as learn at the nominal one; where more do, each takes less
   */
  Taken step(double rate) {
    boolean all = (steps + 1) % UpdateInterval.PERIOD == 0;
    Taken taken;
    try (PointerScope scope = new PointerScope()) {
      if (all) {
        networks.release(pairs());
      }
      pairs();
      taken =
          gradients.bringTogether(
              moving(name -> !slow.contains(name)), moving(name -> all && slow.contains(name)));
      if (taken.images() > 0 && Double.isFinite(taken.loss().total())) {
        steps++;
        moving(name -> all || !slow.contains(name)).forEach(basis -> basis.step(shared(rate)));
      }
    }
    return taken;
  }

  /** The rate of each of many spaces that move the outputs at once. */
  private double shared(double rate) {
    return rate * Math.min(1, REFERENCE_SPACES / learned.size());
  }

  private List<LearnedBasis> moving(Predicate<String> wanted) {
    return learned.entrySet().stream()
        .filter(entry -> wanted.test(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static Tensor loss(Lockstep.Result result, TaskTerm task, double taskWeight) {
    return taskWeight > 0
        ? result.rho().add(task.of(result).mul(new Scalar(taskWeight)))
        : result.rho();
  }

  private static void close(Lockstep.Result result) {
    result.original().forEach(Tensor::close);
    result.compressed().forEach(Tensor::close);
  }

  /** The loss of a batch that nothing is learned from. */
  Loss measure(Tensor[] images, TaskTerm task, double taskWeight) {
    try (NoGradGuard guard = new NoGradGuard();
        PointerScope scope = new PointerScope()) {
      Lockstep.Result result = networks.run(images, pairs(), scales.values());
      Loss values =
          new Loss(loss(result, task, taskWeight).item_double(), result.rho().item_double());
      close(result);
      return values;
    }
  }

  /** Whether all spaces have taken their step: a state then leaves nothing out. */
  boolean isAtRest() {
    return learned.values().stream().allMatch(LearnedBasis::isAtRest);
  }

  /** What the steps to come depend on, once {@link #isAtRest}; how many there were is a word. */
  Map<String, Constant> state() {
    Map<String, Constant> state = new LinkedHashMap<>();
    state.put(STEPS, Constant.of(new long[] {steps}, 1));
    learned.forEach(
        (space, basis) ->
            basis.state().forEach((name, part) -> state.put(space + "/" + name, part)));
    return state;
  }

  /**
   * Goes back to a state.
   *
   * @throws InvalidInputException if it is of other bases
   */
  void set(SealedFile.State state) {
    forget();
    Constant count = state.tensors().get(STEPS);
    if (count == null) {
      throw new InvalidInputException("expected the steps of learning, found none");
    }
    steps = Math.toIntExact(count.whole(0));
    learned.forEach(
        (space, basis) -> basis.set(new SealedFile.State(state.part(space + "/"), Map.of())));
  }

  /** Remembers the bases as they stand, to go back to. */
  void keep() {
    learned.values().forEach(LearnedBasis::keep);
  }

  /** Goes back to the bases that were remembered, at first the start; the optimiser is at rest. */
  void back() {
    forget();
    learned.values().forEach(LearnedBasis::back);
  }

  private void forget() {
    networks.forget();
    gradients.forget();
  }

  private Map<String, Projector.Pair> pairs() {
    Map<String, Projector.Pair> pairs = new HashMap<>(frozen);
    learned.forEach((name, basis) -> pairs.put(name, basis.leaves()));
    return pairs;
  }

  /** Slow spaces take a last step on what they gathered since their turn came. */
  void finish(double rate) {
    if (steps % UpdateInterval.PERIOD != 0) {
      try (PointerScope scope = new PointerScope()) {
        networks.release(pairs());
        List<LearnedBasis> last = moving(slow::contains);
        gradients.bringTogether(List.of(), last);
        last.forEach(basis -> basis.step(shared(rate)));
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
