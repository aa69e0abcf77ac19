import dev.capstan.metric.Metric;
import dev.capstan.metric.Sample;

/**
 * An example: the mean absolute difference of neighbouring values of the first output, over all
 * images. A metric of your own would read what belongs to {@code sample.image()} and compare.
 */
public final class Sharpness implements Metric {
  @Override
  public String name() {
    return "sharpness";
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public Tally start() {
    return new Sum();
  }

  private static final class Sum implements Tally {
    private double sum;
    private long images;

    @Override
    public void add(Sample sample) {
      float[] values = sample.outputs().values().iterator().next().values();
      double differences = 0;
      for (int i = 1; i < values.length; i++) {
        differences += Math.abs(values[i] - values[i - 1]);
      }
      sum += differences / values.length;
      images++;
    }

    @Override
    public double value() {
      return sum / images;
    }
  }
}
