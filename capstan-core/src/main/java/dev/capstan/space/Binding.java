package dev.capstan.space;

import java.util.List;

/**
 * Says that an axis of a constant lies along channels: compressing it is a product with their
 * bases.
 *
 * @param node the node that reads the constant
 * @param input at which input
 * @param axis of the constant; if negative, the constant has that many axes too few, and 1s are put
 *     before them
 * @param role which matrix of the basis it is multiplied by
 * @param segments the channels along the axis
 * @param groups 1 where all of them lie there; else the axis holds those of one of so many equal
 *     runs, and axis 0 says of which: the weights of a grouped convolution
 */
public record Binding(
    String node, int input, int axis, Role role, List<ChannelLayout.Segment> segments, int groups) {
  /** Which matrix of a basis. */
  public enum Role {
    /** The output side: multiplied by E transposed. */
    ENCODE,
    /** The input side: multiplied by D. */
    DECODE
  }

  /** Copies the list. */
  public Binding {
    segments = List.copyOf(segments);
  }

  /** What is done to the constant: uses that agree in it can share what becomes of it. */
  public String treatment() {
    return axis + ":" + role + segments + groups;
  }
}
