package dev.capstan.learn;

import dev.capstan.engine.Execution;
import dev.capstan.engine.Tensors;
import dev.capstan.graph.Graph;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.projection.OrthonormalAdam;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Freedom;
import dev.capstan.space.Matrix;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Learns the bases of all free spaces at once, with the weights frozen (METHOD section 4). Spaces
 * that may only be selected from keep the basis they start with.
 *
 * <p>Owns both networks and the optimisers' state until closed. Not thread-safe.
 */
final class Learner implements AutoCloseable {
  /** The task term of the loss. */
  interface TaskTerm {
    /** Its value for one batch, a scalar. */
    Tensor of(Lockstep.Result result);
  }

  private final ChannelSpaces spaces;
  private final Bases start;
  private final Lockstep networks;
  private final Map<String, Double> scales;
  private final Map<String, OrthonormalAdam> learned = new LinkedHashMap<>();
  private final Map<String, Projector.Pair> frozen = new HashMap<>();
  private final Map<String, Tensor> leaves = new HashMap<>();
  private final Set<String> slow;
  private int steps;

  /**
   * Starts from a selection.
   *
   * @param scales c by tapped value ({@link Calibration#scales})
   * @param batch images a step
   */
  Learner(
      Graph graph,
      ChannelSpaces spaces,
      Bases start,
      Map<String, Double> scales,
      int batch,
      Execution execution) {
    this.spaces = spaces;
    this.start = start;
    this.scales = scales;
    this.slow = Pace.slow(graph, spaces, start, batch);
    this.networks = new Lockstep(graph, spaces, start, slow, execution);
    start
        .bySpace()
        .forEach(
            (name, basis) -> {
              if (spaces.space(name).freedom() == Freedom.FREE) {
                learned.put(name, optimiser(basis));
              } else {
                frozen.put(name, Lockstep.fixed(basis));
              }
            });
  }

  private static OrthonormalAdam optimiser(Basis basis) {
    try (Tensor matrix = Lockstep.matrix(basis.encode())) {
      return new OrthonormalAdam(matrix);
    }
  }

  /**
   * One step of all bases.
   *
   * @param images a batch
   * @param taskWeight gamma; where 0 the task loss is not computed
   * @param share which virtual taps are looked at
   * @return the loss before the step, and its reconstruction part
   */
  Loss step(Tensor images, TaskTerm task, double taskWeight, double rate, Lockstep.Share share) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Projector.Pair> pairs = pairs();
      Lockstep.Result result = networks.run(images, pairs, scales, share);
      Tensor loss = result.rho();
      if (taskWeight > 0) {
        loss = loss.add(task.of(result).mul(new Scalar(taskWeight)));
      }
      loss.backward();
      Loss values = new Loss(loss.item_double(), result.rho().item_double());
      if (!Double.isFinite(values.total())) {
        throw new InvalidInputException(
            "the loss is no longer finite: check the model and the preprocessing (--mean, --std,"
                + " --range), or try --precision fp32");
      }
      steps++;
      move(pairs, rate, steps % Pace.PERIOD == 0);
      result.original().forEach(Tensor::close);
      result.compressed().forEach(Tensor::close);
      return values;
    }
  }

  private Map<String, Projector.Pair> pairs() {
    Map<String, Projector.Pair> pairs = new HashMap<>(frozen);
    learned.forEach(
        (name, adam) -> {
          Tensor leaf = leaves.computeIfAbsent(name, key -> kept(adam.leaf()));
          pairs.put(name, new Projector.Pair(leaf, leaf));
        });
    return pairs;
  }

  private static Tensor kept(Tensor leaf) {
    leaf.retainReference();
    return leaf;
  }

  /** Steps of all spaces but the slow ones, whose turn comes with every few. */
  private void move(Map<String, Projector.Pair> pairs, double rate, boolean all) {
    if (all) {
      networks.release(pairs);
    }
    learned.forEach(
        (name, adam) -> {
          Tensor leaf = all || !slow.contains(name) ? leaves.remove(name) : null;
          if (leaf != null && leaf.grad().defined()) {
            adam.step(leaf.grad(), rate);
          }
          if (leaf != null) {
            leaf.close();
          }
        });
  }

  /** Slow spaces take a last step on what they gathered since their turn came. */
  void finish(double rate) {
    if (!leaves.isEmpty()) {
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
  record Loss(double total, double rho) {}

  /** The bases as they stand. */
  Bases bases() {
    Map<String, Basis> bases = new LinkedHashMap<>(start.bySpace());
    learned.forEach(
        (name, adam) -> {
          Tensor matrix = adam.matrix();
          int rank = Math.toIntExact(matrix.size(1));
          bases.put(
              name,
              new Basis.Tied(new Matrix(spaces.space(name).width(), rank, Tensors.floats(matrix))));
        });
    return new Bases(bases);
  }

  @Override
  public void close() {
    leaves.values().forEach(Tensor::close);
    networks.close();
    learned.values().forEach(OrthonormalAdam::close);
    frozen.values().forEach(pair -> pair.encode().close());
  }
}
