package dev.capstan.pipeline.evidence;

import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Graph;
import dev.capstan.outputs.judged.JudgedOutputs;
import dev.capstan.outputs.judged.TopClass;
import dev.capstan.pipeline.input.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * What an error of a classifier's outputs costs, were it noise: {@code y + e s n}, s the deviation
 * of the outputs between images and n normal. Common to all classes it would change no class, so
 * this tells too much of such an error; of one that favours a class it tells too little.
 *
 * @param outputs of the original, an array an image
 * @param wanted the class that each image should get
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never copied or compared
record NoisyOutputs(List<float[]> outputs, int[] wanted) {
  private static final int IMAGES = 256;

  /** Of each image: few of many images tell more than many of few. */
  private static final int DRAWS = 8;

  /** Those of some of the images that networks are judged by. */
  static NoisyOutputs of(Session session) {
    Graph original = session.source().folded();
    ImageSubset images = session.scorer().compared().sample(IMAGES, 0);
    String output = JudgedOutputs.of(original).get(0).name();
    List<float[]> all = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    session
        .torch()
        .run(
            original,
            images,
            "outputs for the page",
            (batch, given) -> {
              float[] values = Objects.requireNonNull(given.get(output)).floats();
              int classes = values.length / batch.size();
              for (int i = 0; i < batch.size(); i++) {
                float[] one = new float[classes];
                System.arraycopy(values, i * classes, one, 0, classes);
                all.add(one);
                labels.add(session.scorer().usesLabels() ? batch.labels()[i] : topClass(one));
              }
            });
    return new NoisyOutputs(all, labels.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The share of images that lose the class they should get, less of those that win it. */
  double lost(double error) {
    double deviation = error * deviation();
    long lost = 0;
    for (int i = 0; i < wanted.length; i++) {
      // The same noise for each error: a larger one differs by its size alone.
      SplittableRandom random = new SplittableRandom(i);
      int before = topClass(outputs.get(i)) == wanted[i] ? 1 : 0;
      for (int draw = 0; draw < DRAWS; draw++) {
        lost += before - (topClass(noisy(outputs.get(i), deviation, random)) == wanted[i] ? 1 : 0);
      }
    }
    return (double) lost / (DRAWS * Math.max(1, wanted.length));
  }

  private static float[] noisy(float[] output, double deviation, SplittableRandom random) {
    float[] noisy = new float[output.length];
    for (int k = 0; k < noisy.length; k++) {
      noisy[k] = (float) (output[k] + deviation * random.nextGaussian());
    }
    return noisy;
  }

  /** Root mean square of {@code y - mean y}. */
  private double deviation() {
    int classes = outputs.isEmpty() ? 0 : outputs.get(0).length;
    double squares = 0;
    for (int k = 0; k < classes; k++) {
      int column = k;
      double mean = outputs.stream().mapToDouble(y -> y[column]).average().orElse(0);
      squares += outputs.stream().mapToDouble(y -> (y[column] - mean) * (y[column] - mean)).sum();
    }
    return Math.sqrt(squares / Math.max(1, (long) classes * outputs.size()));
  }

  private static int topClass(float[] outputs) {
    return TopClass.of(outputs, 0, outputs.length);
  }
}
