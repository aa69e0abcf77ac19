package dev.capstan.cli.page;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Lengths as SVG writes them. */
final class Pixels {
  private Pixels() {}

  /** A length, to a tenth of a pixel. */
  static String of(double length) {
    BigDecimal rounded = BigDecimal.valueOf(length).setScale(1, RoundingMode.HALF_EVEN);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
