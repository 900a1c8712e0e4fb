package io.github.eventbuffer.benchmarks;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * What a measure should come to: a bound on its ratio to the reference, or on our figure alone.
 *
 * @param bound which side of the value is good; the value itself is
 * @param value the ratio, or the figure in the measure's unit
 * @param ofRatio whether the ratio is bounded
 */
record Goal(Bound bound, double value, boolean ofRatio) {
  enum Bound {
    AT_MOST,
    AT_LEAST
  }

  static Goal atMostTimes(double ratio) {
    return new Goal(Bound.AT_MOST, ratio, true);
  }

  static Goal atLeastTimes(double ratio) {
    return new Goal(Bound.AT_LEAST, ratio, true);
  }

  static Goal atMost(double figure) {
    return new Goal(Bound.AT_MOST, figure, false);
  }

  /** Not met when what it bounds is not known. */
  boolean isMet(@Nullable Double ours, @Nullable Double ratio) {
    Double bounded = ofRatio ? ratio : ours;
    if (bounded == null || bounded.isNaN()) {
      return false;
    }
    return bound == Bound.AT_MOST ? bounded <= value : bounded >= value;
  }

  /** Such as {@code ≤ 1.5 ×}; a ratio below a third as a fraction. */
  String text(Unit unit) {
    String sign = bound == Bound.AT_MOST ? "≤ " : "≥ ";
    if (!ofRatio) {
      return sign + plain(value) + " " + unit.symbol();
    }
    long part = Math.round(1 / value);
    return part > 3 && Math.abs(part * value - 1) < 1e-9
        ? sign + "1/" + part
        : sign + plain(value) + " ×";
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value)
        .setScale(3, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}
