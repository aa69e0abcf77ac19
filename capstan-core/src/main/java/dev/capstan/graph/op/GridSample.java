package dev.capstan.graph.op;

import dev.capstan.graph.ChannelFlow;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Operands;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Interpolation at given places, PyTorch's {@code grid_sample}: {@code X (N x C x D...), grid (N x
 * D'... x axes) -> N x C x D'...}, all channels at the same ones.
 *
 * @param mode what is interpolated with
 * @param outside what lies outside of X
 * @param alignCorners whether -1 and 1 are the centres of the first and last pixel, not their edges
 */
public record GridSample(Mode mode, Outside outside, boolean alignCorners) implements Operator {
  /** What is interpolated with. */
  public enum Mode {
    LINEAR,
    NEAREST,
    CUBIC
  }

  /** What lies outside of the image. */
  public enum Outside {
    ZEROS,
    BORDER,
    REFLECTION
  }

  @Override
  public List<TensorType> infer(Operands operands) {
    Shape x = operands.shape(0);
    Shape grid = operands.shape(1);
    int axes = x.rank() - 2;
    boolean places = grid.rank() == x.rank() && Math.abs(grid.size(axes + 1)) != axes;
    if (axes < 2 || axes > 3 || grid.rank() != x.rank() || (places && grid.size(axes + 1) >= 0)) {
      throw operands.error("expected places in an image %s, found %s".formatted(x, grid));
    }
    List<Dim> dims = new ArrayList<>();
    dims.add(images(operands, x.dims().get(0), grid.dims().get(0)));
    dims.add(x.dims().get(1));
    dims.addAll(grid.dims().subList(1, axes + 1));
    return List.of(operands.type(0).with(new Shape(dims)));
  }

  /** One grid may be that of all images, which opening the batch of a network leads to. */
  private static Dim images(Operands operands, Dim x, Dim grid) {
    boolean one = x.equals(Dim.of(1)) || grid.equals(Dim.of(1));
    if (x.isKnown() && grid.isKnown() && !x.equals(grid) && !one) {
      throw operands.error("expected a grid an image, found %s of %s".formatted(grid, x));
    }
    return x.equals(Dim.of(1)) ? grid : x;
  }

  @Override
  public boolean jumps() {
    return mode == Mode.NEAREST;
  }

  @Override
  public void channels(ChannelFlow flow) {
    if (flow.alongAxis(0, 1)) {
      flow.pass(0, 0, 1);
    }
    flow.pin(1, "places that are sampled");
  }
}
