package dev.capstan.compress;

import dev.capstan.graph.Node;
import dev.capstan.graph.Operator;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.space.Bases;
import dev.capstan.space.ChannelLayout;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Channels around a node, before and after some spaces were given fewer.
 *
 * @param types types of the original's values
 * @param reads channels of a space where the node reads it
 * @param writes channels of a space where the node writes it
 * @param compressed whether the channels of a space are others than before
 */
public record NodeWidths(
    Node node,
    Map<String, TensorType> types,
    ChannelSpaces spaces,
    ToIntFunction<Space> reads,
    ToIntFunction<Space> writes,
    Predicate<Space> compressed)
    implements Operator.Widths {
  /** Widths where spaces have these bases. */
  static NodeWidths of(
      Node node, Map<String, TensorType> types, ChannelSpaces spaces, Bases bases) {
    return new NodeWidths(
        node, types, spaces, bases::rank, bases::rank, space -> bases.contains(space.name()));
  }

  @Override
  public Shape shapeBefore(int index) {
    TensorType type = types.get(node.inputs().get(index));
    if (type == null) {
      throw new IllegalStateException("node '" + node.name() + "' has no input " + index);
    }
    return type.shape();
  }

  @Override
  public int inputBefore(int index) {
    return spaces.extent(layout(node.inputs().get(index)).segments(), Space::width);
  }

  @Override
  public int input(int index) {
    return spaces.extent(layout(node.inputs().get(index)).segments(), reads);
  }

  @Override
  public int output(int index) {
    return spaces.extent(layout(node.outputs().get(index)).segments(), writes);
  }

  @Override
  public int inputAxis(int index) {
    return axis(node.inputs().get(index));
  }

  @Override
  public int outputAxis(int index) {
    return axis(node.outputs().get(index));
  }

  private int axis(String value) {
    ChannelLayout layout = spaces.layout(value);
    return layout == null ? -1 : layout.axis();
  }

  private ChannelLayout layout(String value) {
    ChannelLayout layout = spaces.layout(value);
    if (layout == null) {
      throw new IllegalStateException("value '" + value + "' has no channel axis");
    }
    return layout;
  }

  @Override
  public int[] moved(int index, int[] channels) {
    List<Span> spans = spans(layout(node.inputs().get(index)).segments());
    IntStream.Builder moved = IntStream.builder();
    for (int next = 0; next < channels.length; ) {
      int channel = channels[next];
      Span span =
          spans.stream().filter(s -> channel < s.before + s.width).findFirst().orElseThrow();
      if (span.compressed) {
        IntStream.range(span.after, span.after + span.rank).forEach(moved::add);
        next += span.width;
      } else {
        moved.add(span.after + channel - span.before);
        next++;
      }
    }
    return moved.build().toArray();
  }

  /** Where a segment lies before and after. */
  private record Span(int before, int width, int after, int rank, boolean compressed) {}

  private List<Span> spans(List<ChannelLayout.Segment> segments) {
    List<Span> spans = new ArrayList<>();
    int before = 0;
    int after = 0;
    for (ChannelLayout.Segment segment : segments) {
      Space space = spaces.space(segment.space());
      int width = space.width() * segment.repeat();
      int rank = reads.applyAsInt(space) * segment.repeat();
      spans.add(new Span(before, width, after, rank, compressed.test(space)));
      before += width;
      after += rank;
    }
    return spans;
  }
}
