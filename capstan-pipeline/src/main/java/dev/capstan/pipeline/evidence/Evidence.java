package dev.capstan.pipeline.evidence;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be looked at of a result. What a run did not measure is null, or an empty list.
 *
 * @param network its layers and channel spaces
 * @param forecast what other shares of the multiply-accumulates were foretold, and how fast
 * @param courses losses on the way
 * @param kernels where time goes
 * @param changes which images got another class
 * @param pictures outputs that can be looked at
 */
public record Evidence(
    @Nullable NetworkMap network,
    @Nullable Forecast forecast,
    List<Course> courses,
    @Nullable KernelTimes kernels,
    @Nullable ClassChanges changes,
    List<PictureRow> pictures) {
  /** None. */
  public static final Evidence NONE = of(List.of());

  /** Copies the lists; records of versions that had none are read too. */
  public Evidence {
    courses = courses == null ? List.of() : List.copyOf(courses);
    pictures = pictures == null ? List.of() : List.copyOf(pictures);
  }

  /** What a run that only trains shows. */
  public static Evidence of(List<Course> courses) {
    return new Evidence(null, null, courses, null, null, List.of());
  }

  /** What can be told of a network before it is compressed. */
  public static Evidence of(NetworkMap network, @Nullable Forecast forecast) {
    return new Evidence(network, forecast, List.of(), null, null, List.of());
  }

  /** A number of four digits: more of them would only make the record longer. */
  static double rounded(double value) {
    return value == 0 || !Double.isFinite(value)
        ? 0
        : new BigDecimal(value, new MathContext(4)).doubleValue();
  }
}
