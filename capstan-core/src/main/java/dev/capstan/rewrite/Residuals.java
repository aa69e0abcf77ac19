package dev.capstan.rewrite;

import dev.capstan.graph.Graph;

/**
 * Shortcuts between stages of different widths, made ready for residual streams to be projected
 * (docs/method.md, section 3).
 */
public final class Residuals {
  private Residuals() {}

  /**
   * The same network with every shortcut that pads channels (He et al. 2016, "option A") as a Conv
   * of kernel S, which in the bases of two streams becomes {@code E_b^T S D_a}. Its
   * multiply-accumulates count from then on: what a budget is a share of must be counted before.
   */
  public static Graph project(Graph graph) {
    return Rewriter.apply(graph, new ShortcutToConv());
  }
}
