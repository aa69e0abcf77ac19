package dev.capstan.job;

import dev.capstan.rank.Goal;
import dev.capstan.recipe.Method;
import java.nio.file.Path;
import java.util.List;

/**
 * Methods to compare: one row for each method, budget and seed.
 *
 * @param inputs model and images; those to judge by must be given
 * @param methods what chooses the bases
 * @param keepMacs shares of the multiply-accumulates that may be kept, each in (0, 1]
 * @param seeds of the random choices
 * @param rivalRanks which ranks the methods beside CaP are given
 * @param options what all rows have in common
 * @param folder where finished rows are kept, so that a later start goes on from them
 */
public record CompareJob(
    Inputs inputs,
    List<Method> methods,
    List<Double> keepMacs,
    List<Long> seeds,
    RivalRanks rivalRanks,
    CompressionOptions options,
    Path folder) {
  /** Which ranks the methods beside CaP are given. */
  public enum RivalRanks {
    /** Those of CaP: only what is kept of each space differs. */
    SAME,
    /** One ratio for all spaces, as most of them were published. */
    UNIFORM
  }

  /** Copies the lists, without what was named twice, and checks that there are rows. */
  public CompareJob {
    methods = methods.stream().distinct().toList();
    keepMacs = keepMacs.stream().distinct().toList();
    seeds = seeds.stream().distinct().toList();
    if (methods.isEmpty() || keepMacs.isEmpty() || seeds.isEmpty()) {
      throw new IllegalArgumentException(
          "methods %s, budgets %s, seeds %s".formatted(methods, keepMacs, seeds));
    }
  }

  /**
   * What makes a row another than the others.
   *
   * @param method what chooses the bases
   * @param keepMacs share of the multiply-accumulates that it is allowed
   * @param seed of its random choices
   */
  public record Key(Method method, double keepMacs, long seed) {
    /** As people read it, and as its file is called. */
    @Override
    public String toString() {
      return "%s-%s-%d".formatted(method, keepMacs, seed);
    }
  }

  /** All rows, seed by seed: one seed's table is complete before the next one's begins. */
  public List<Key> keys() {
    return seeds.stream()
        .flatMap(
            seed ->
                keepMacs.stream()
                    .flatMap(share -> methods.stream().map(method -> new Key(method, share, seed))))
        .toList();
  }

  /** How ranks of a method are chosen. */
  public RankSettings.Policy policy(Method method) {
    boolean own = method.equals(Method.CAP) || rivalRanks == RivalRanks.SAME;
    return own ? options.ranks().policy() : RankSettings.Policy.UNIFORM;
  }

  /** The stages of a row. */
  public CompressionOptions options(Key key) {
    return options
        .with(options.ranks().with(Goal.keepMacs(key.keepMacs())).with(policy(key.method())))
        .with(options.bases().with(key.method()))
        .withSeed(key.seed());
  }
}
