package dev.capstan.report;

import dev.capstan.job.ResidualPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is made of.
 *
 * @param model the file
 * @param opset version of the standard operators
 * @param layers the nodes as they stand in the file
 * @param residual what becomes of residual streams
 * @param spaces its channel spaces under that treatment, BatchNorm folded: what {@code compress}
 *     works on
 * @param macs multiply-accumulates for one input
 * @param parameters trained numbers
 * @param tail what comes after these layers and is no part of the above, null for nothing
 */
public record Inspection(
    String model,
    long opset,
    List<Layer> layers,
    ResidualPolicy residual,
    List<SpaceRow> spaces,
    long macs,
    long parameters,
    @Nullable UncompressedTail tail) {

  /** A node: operator, shapes of what it reads and gives, its own cost. */
  public record Layer(
      String name, String operator, String input, String output, long macs, long parameters) {}

  /**
   * A channel space.
   *
   * @param stream whether it is a residual stream
   */
  public record SpaceRow(
      String name,
      int width,
      List<String> producers,
      List<String> consumers,
      String freedom,
      String reason,
      boolean stream) {}
}
