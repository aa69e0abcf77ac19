package dev.capstan.space;

import java.util.List;

/**
 * Which channels lie along the channel axis of a value.
 *
 * @param axis the axis
 * @param segments what lies there, in order: a concatenation has several
 */
public record ChannelLayout(int axis, List<Segment> segments) {
  /** Copies the list. */
  public ChannelLayout {
    segments = List.copyOf(segments);
  }

  /**
   * The channels of one space.
   *
   * @param space the space's name
   * @param repeat how many elements in a row each channel has (h * w after a Flatten, those that
   *     become a block of pixels before a DepthToSpace, else 1)
   */
  public record Segment(String space, int repeat) {}

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("axis " + axis + ": ");
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      text.append(i == 0 ? "" : " ++ ").append(segment.space());
      text.append(segment.repeat() == 1 ? "" : " x" + segment.repeat());
    }
    return text.toString();
  }
}
