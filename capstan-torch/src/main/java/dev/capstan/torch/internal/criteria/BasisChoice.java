package dev.capstan.torch.internal.criteria;

import dev.capstan.data.ImageSubset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.rank.allocate.RankAllocation;
import dev.capstan.recipe.Criterion;
import dev.capstan.recipe.Method;
import dev.capstan.recipe.WorkListener;
import dev.capstan.recipe.stage.CalibrationRecipe;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.Freedom;
import dev.capstan.space.Space;
import dev.capstan.torch.internal.engine.Execution;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;

/**
 * Chooses the bases of a network by another method than learning: what Cascaded Projection is
 * measured by. Equal arguments give equal bases.
 */
public final class BasisChoice {
  private final RankAllocation allocation;
  private final NetworkStatistics statistics;

  /**
   * A choice for the ranks of an allocation.
   *
   * @param images labelled or not; unused unless the method {@link Method#seesImages sees} them
   */
  public BasisChoice(
      RankAllocation allocation,
      ImageSubset images,
      CalibrationRecipe recipe,
      Execution execution,
      WorkListener listener) {
    this.allocation = allocation;
    this.statistics = new NetworkStatistics(allocation, images, recipe, execution, listener);
  }

  /**
   * The basis of each space that has a rank below its width.
   *
   * @throws IllegalArgumentException for {@link Method#CAP}, whose bases are learned
   * @throws InvalidInputException if there is no such method
   */
  public Bases by(Method method) {
    if (method.equals(Method.CAP)) {
      throw new IllegalArgumentException("bases of cap are learned, not chosen");
    }
    return method.equals(Method.PCA) ? principal() : largest(criterion(method));
  }

  private static Criterion criterion(Method method) {
    return method
        .criterion()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "no method is named '%s', there are %s"
                        .formatted(
                            method,
                            Method.all().stream()
                                .map(Method::name)
                                .collect(Collectors.joining(", ")))));
  }

  private List<Space> compressed() {
    return allocation.ranks().compressed(allocation.spaces());
  }

  private Bases largest(Criterion criterion) {
    Map<String, Basis> bases = new LinkedHashMap<>();
    for (Space space : compressed()) {
      int rank = allocation.ranks().of(space);
      bases.put(space.name(), Basis.ofLargest(scores(criterion, space), rank, space.groups()));
    }
    return new Bases(bases);
  }

  private double[] scores(Criterion criterion, Space space) {
    double[] scores = criterion.scores(statistics.of(space));
    if (scores.length != space.width()) {
      throw new InvalidInputException(
          "criterion '%s' gives %d scores for space '%s' of %d channels"
              .formatted(criterion.name(), scores.length, space.name(), space.width()));
    }
    return scores;
  }

  /** Where channels may only be selected, the choice is the one by activation. */
  private Bases principal() {
    List<Space> free = compressed().stream().filter(s -> s.freedom() == Freedom.FREE).toList();
    try (PointerScope scope = new PointerScope()) {
      SecondMoments moments = new SecondMoments(allocation.spaces(), free);
      statistics.calibrated(moments);
      Map<String, Basis> bases = new LinkedHashMap<>(largest(new ActivationEnergy()).bySpace());
      free.forEach(
          space -> bases.put(space.name(), moments.basis(space, allocation.ranks().of(space))));
      return new Bases(bases);
    }
  }
}
