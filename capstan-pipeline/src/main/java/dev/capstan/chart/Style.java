package dev.capstan.chart;

import java.util.List;

/**
 * How a series is drawn: a colour of Okabe and Ito's palette, which colour-blind people tell apart,
 * and a mark, which tells it apart in grey too.
 *
 * @param mark outline around (0, 0), as the path of SVG
 */
record Style(String colour, String mark) {
  private static final List<Style> ALL =
      List.of(
          new Style("#0072b2", "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z"),
          new Style("#d55e00", "M-4,-4h8v8h-8z"),
          new Style("#009e73", "M0,-5l5,9h-10z"),
          new Style("#cc79a7", "M0,-5.5l5.5,5.5l-5.5,5.5l-5.5,-5.5z"),
          new Style("#b38600", "M0,5l5,-9h-10z"),
          new Style("#56b4e9", "M-5,-1.5h3.5v-3.5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5z"),
          new Style("#444444", "M0,-5l5,3.6l-1.9,5.9h-6.2l-1.9,-5.9z"));

  /** The style of the n-th series. */
  static Style of(int index) {
    return ALL.get(index % ALL.size());
  }
}
