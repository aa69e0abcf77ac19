package dev.capstan.space;

import dev.capstan.graph.Constant;
import dev.capstan.space.ChannelLayout.Segment;
import dev.capstan.space.Partition.Piece;
import dev.capstan.space.SpaceAnalysis.BoundAxis;
import dev.capstan.space.SpaceAnalysis.Choice;
import dev.capstan.space.SpaceAnalysis.Grouping;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Makes spaces, layouts and bindings of what an analysis took down about single channels. */
final class SpaceAssembly {
  private final SpaceAnalysis analysis;
  private final Partition partition;
  private final Map<List<Channel>, List<Piece>> wholes = new IdentityHashMap<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Map<Block, Space> spaces = new LinkedHashMap<>();

  SpaceAssembly(SpaceAnalysis analysis) {
    this.analysis = analysis;
    this.partition = analysis.partition();
    this.blocks.addAll(partition.blocks());
  }

  ChannelSpaces run(ChannelSpaces.Residual residual) {
    analysis.channelAxes.forEach(
        (value, channelAxis) -> channelAxis.runs().forEach(run -> lay(value, run)));
    analysis.groupings.forEach(this::group);
    analysis.choices.forEach(this::choose);
    analysis.produced.forEach(
        (node, channels) ->
            channels.forEach(channel -> partition.of(channel).producers.add(node.name())));
    analysis.bindings.forEach(this::consume);
    name();
    Map<String, ChannelLayout> layouts = new LinkedHashMap<>();
    analysis.channelAxes.forEach(
        (value, channelAxis) ->
            layouts.put(
                value, new ChannelLayout(channelAxis.axis(), segments(channelAxis.runs()))));
    return new ChannelSpaces(
        analysis.graph,
        residual,
        List.copyOf(spaces.values()),
        layouts,
        analysis.bindings.stream().filter(this::changes).map(this::binding).toList(),
        analysis.pooling);
  }

  /** Finds the blocks of a run; one that takes channels in another order keeps the original's. */
  private void lay(String value, Run run) {
    if (wholes.containsKey(run.channels())) {
      return;
    }
    List<Piece> whole = partition.whole(run.channels());
    if (whole == null) {
      String why = "channels are reordered: " + value;
      run.channels().forEach(channel -> channel.restrict(Freedom.PINNED, why));
      Block standIn = new Block();
      analysis.pinned(value, run.channels().size(), why).channels().forEach(standIn.channels::add);
      blocks.add(standIn);
      whole = List.of(new Piece(standIn, 1));
    }
    wholes.put(run.channels(), whole);
  }

  /** Groups of one space, or of one that lies there several times: a whole one asks for nothing. */
  private void group(Grouping grouping) {
    String why = grouping.why() + ": " + grouping.node().name();
    List<Piece> whole = pieces(grouping.channels().runs());
    Piece first = whole.get(0);
    boolean alike = first.repeat() == 1 && whole.stream().allMatch(first::equals);
    if (!alike || grouping.groups() % whole.size() != 0) {
      whole.forEach(piece -> piece.block().restrict(Freedom.PINNED, why + " of several spaces"));
    } else if (whole.size() == 1 || grouping.groups() > whole.size()) {
      first.block().group(grouping.groups() / whole.size(), grouping.alone(), why);
    }
  }

  /** A basis mixes what lies at one place of the input, so that must be taken as a whole. */
  private void choose(Choice choice) {
    List<Place> places = places(pieces(choice.input().runs()));
    int[] channels = choice.channels();
    for (int next = 0; next < channels.length; ) {
      Place place = places.get(channels[next]);
      if (place.isTaken(channels, next)) {
        next += place.piece().width();
      } else {
        place.piece().block().restrict(Freedom.PINNED, "taken in parts: " + choice.node().name());
        next++;
      }
    }
  }

  /** An element along an axis: the piece it belongs to, and where that starts. */
  private record Place(Piece piece, int start) {
    /** Whether the channels from an index on are the whole piece, in order. */
    boolean isTaken(int[] channels, int from) {
      return from + piece.width() <= channels.length
          && IntStream.range(0, piece.width()).allMatch(i -> channels[from + i] == start + i);
    }
  }

  private static List<Place> places(List<Piece> pieces) {
    List<Place> places = new ArrayList<>();
    for (Piece piece : pieces) {
      places.addAll(Collections.nCopies(piece.width(), new Place(piece, places.size())));
    }
    return places;
  }

  private void consume(BoundAxis binding) {
    // Only a constant that is multiplied with makes a consumer.
    if (binding.role() == Binding.Role.DECODE) {
      pieces(binding.runs()).forEach(piece -> piece.block().consumers.add(binding.node().name()));
    }
  }

  private void name() {
    Map<String, Integer> names = new HashMap<>();
    for (Block block : blocks) {
      int count = names.merge(block.name(), 1, Integer::sum);
      spaces.put(block, block.finish(count == 1 ? block.name() : block.name() + "#" + count));
    }
  }

  private List<Piece> pieces(List<Run> runs) {
    return runs.stream().flatMap(run -> pieces(run).stream()).toList();
  }

  private List<Piece> pieces(Run run) {
    List<Piece> found = wholes.get(run.channels());
    if (found == null) {
      throw new IllegalStateException(run + " lies in no value");
    }
    return found.stream()
        .map(piece -> new Piece(piece.block(), piece.repeat() * run.repeat()))
        .toList();
  }

  private List<Segment> segments(List<Run> runs) {
    List<Segment> segments = new ArrayList<>();
    for (Piece piece : pieces(runs)) {
      segments.add(new Segment(space(piece).name(), piece.repeat()));
    }
    return segments;
  }

  private Space space(Piece piece) {
    Space space = spaces.get(piece.block());
    if (space == null) {
      throw new IllegalStateException("no space for " + piece.block().name());
    }
    return space;
  }

  /**
   * Whether a basis changes the constant: one number for all channels is that of those that are
   * chosen, too. Mixed ones, {@code E^T 1}, need a number each.
   */
  private boolean changes(BoundAxis bound) {
    Constant constant = analysis.graph.constant(bound.node().inputs().get(bound.input()));
    int axis = bound.axis();
    boolean repeated = constant != null && (axis < 0 || constant.size(axis) == 1);
    return !repeated
        || bound.role() == Binding.Role.DECODE
        || pieces(bound.runs()).stream().anyMatch(piece -> space(piece).freedom() == Freedom.FREE);
  }

  private Binding binding(BoundAxis bound) {
    return new Binding(
        bound.node().name(),
        bound.input(),
        bound.axis(),
        bound.role(),
        segments(bound.runs()),
        bound.groups());
  }
}
