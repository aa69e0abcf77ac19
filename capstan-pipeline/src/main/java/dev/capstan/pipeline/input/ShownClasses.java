package dev.capstan.pipeline.input;

import dev.capstan.outputs.judged.TopClass;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/** What a network's scores say of images that it was shown. */
final class ShownClasses {
  /** Of fewer classes one alone may well be what all images show. */
  private static final int MANY = 20;

  /**
   * Of the largest entropy that there can be: 0.30 of EfficientNet-Lite0's classes, 0.96 of what a
   * MobileNetV2 gives without its last layer (32 and 40 photographs).
   */
  private static final double NO_CHOICE = 0.9;

  /** A sum of shares is 1 but for rounding. */
  private static final double ROUNDING = 1e-3;

  private final BitSet largest = new BitSet();
  private double entropy;
  private int scores;
  private int shown;

  /** Adds the scores of some images, one after the other. */
  void add(int images, float[] values) {
    scores = values.length / images;
    for (int i = 0; i < images; i++) {
      largest.set(TopClass.of(values, i * scores, scores));
      entropy += entropy(Arrays.copyOfRange(values, i * scores, (i + 1) * scores));
    }
    shown += images;
  }

  /** In words, that of many classes all images got one, or that none stood out, if so. */
  Optional<String> meaningless() {
    if (scores < MANY) {
      return Optional.empty();
    }
    if (entropy / shown > NO_CHOICE * Math.log(scores)) {
      return Optional.of(
          "its %d outputs are taken for classes, of which none stands out: of an embedding say setting 'outputs' values; of classes the preprocessing may not be that of their training ('capstan preprocess' tries the usual ones)"
              .formatted(scores));
    }
    return largest.cardinality() == 1
        ? Optional.of(
            "gives all of %d images one class of %d, number %d: unless all show the same, the preprocessing is not that of its training; 'capstan preprocess' tries the usual ones"
                .formatted(shown, scores, largest.nextSetBit(0)))
        : Optional.empty();
  }

  /** In nats, of the softmax of scores; what adds up to 1 went through one. */
  static double entropy(float[] values) {
    double most = Double.NEGATIVE_INFINITY;
    double least = Double.POSITIVE_INFINITY;
    double all = 0;
    for (float value : values) {
      most = Math.max(most, value);
      least = Math.min(least, value);
      all += value;
    }
    boolean shares = least >= 0 && Math.abs(all - 1) < ROUNDING;
    double sum = 0;
    double weighted = 0;
    for (float value : values) {
      double log = shares ? Math.log(Math.max(value, Double.MIN_NORMAL)) : value - most;
      sum += Math.exp(log);
      weighted += Math.exp(log) * log;
    }
    return Math.log(sum) - weighted / sum;
  }
}
