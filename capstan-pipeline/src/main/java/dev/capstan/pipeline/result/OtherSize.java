package dev.capstan.pipeline.result;

import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.Value;
import dev.capstan.ort.RunInputs;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.input.Trials;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/**
 * A size of images that nothing was learned at, of a model that leaves it open: what is made of the
 * model takes that size, too.
 *
 * @param sizes shapes of the inputs, by name
 * @param outputs shapes of what the model's file gives then, by name
 */
record OtherSize(Map<String, Shape> sizes, Map<String, Shape> outputs) {
  /** Images a run, where the model leaves that open. */
  static final int BATCH = 2;

  /** An odd size shows most; networks that halve theirs some five times may take no such. */
  private static final List<LongUnaryOperator> CANDIDATES =
      List.of(size -> (size + 7) | 1, size -> size + 32);

  /**
   * The first of some sizes that the model's file takes; none where it takes no other.
   *
   * @param inputs what the file is fed beside images
   */
  static Optional<OtherSize> of(SourceModel source, RunInputs inputs) {
    for (LongUnaryOperator candidate : CANDIDATES) {
      Map<String, Shape> sizes = sizes(source, candidate);
      if (sizes.equals(sizes(source, LongUnaryOperator.identity()))) {
        return Optional.empty();
      }
      Trials trials = new Trials(source, inputs.withSizes(sizes));
      var outcome = trials.of(source.file(), BATCH, Map.of());
      if (outcome.refusal() == null) {
        return Optional.of(new OtherSize(sizes, outcome.shapes()));
      }
    }
    return Optional.empty();
  }

  private static Map<String, Shape> sizes(SourceModel source, LongUnaryOperator changed) {
    Map<String, Shape> sizes = new LinkedHashMap<>();
    for (int i = 0; i < source.graph().inputs().size(); i++) {
      Value input = source.graph().inputs().get(i);
      Shape learned = source.open().inputs().get(i).type().shape();
      Shape shape = input.type().shape();
      for (int axis = 1; axis < shape.rank(); axis++) {
        if (shape.size(axis) < 0) {
          shape = shape.with(axis, Dim.of(changed.applyAsLong(learned.size(axis))));
        }
      }
      sizes.put(input.name(), shape);
    }
    return sizes;
  }
}
