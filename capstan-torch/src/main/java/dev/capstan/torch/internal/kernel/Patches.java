package dev.capstan.torch.internal.kernel;

import dev.capstan.graph.op.Window;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/** What a convolution multiplies its kernel with. */
public final class Patches {
  private Patches() {}

  /**
   * The elements under a window at each of its positions; outside of the input they are 0.
   *
   * @param input N x C x D...
   * @return N x C x D'... x K..., D' the positions along each axis and K the window's taps; a view
   *     of the input, or of a padded copy
   */
  public static Tensor of(Window window, Tensor input) {
    Tensor view = Margin.of(window, input).around(input, 0);
    for (int i = 0; i < window.rank(); i++) {
      long dilation = window.dilations().get(i);
      long extent = dilation * (window.kernel().get(i) - 1) + 1;
      Tensor windows = view.unfold(2 + i, extent, window.strides().get(i));
      view = windows.slice(-1, new LongOptional(), new LongOptional(), dilation);
    }
    return view;
  }
}
