package dev.capstan.space;

import dev.capstan.space.Layout.Segment;
import dev.capstan.space.SpaceAnalysis.BindingDraft;
import dev.capstan.space.SpaceAnalysis.Draft;
import dev.capstan.space.SpaceAnalysis.Grouping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes spaces, layouts and bindings of what an analysis took down about single channels. */
final class SpaceAssembly {
  private final SpaceAnalysis analysis;
  private final Partition partition;
  private final Map<List<Channel>, List<Block>> wholes = new IdentityHashMap<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Map<Block, Space> spaces = new LinkedHashMap<>();

  SpaceAssembly(SpaceAnalysis analysis) {
    this.analysis = analysis;
    this.partition = analysis.partition();
    this.blocks.addAll(partition.blocks());
  }

  ChannelSpaces run() {
    analysis.drafts.forEach((value, draft) -> draft.runs().forEach(run -> lay(value, run)));
    analysis.groupings.forEach(this::group);
    analysis.produced.forEach(
        (node, channels) ->
            channels.forEach(channel -> partition.of(channel).producers.add(node.name())));
    analysis.bindings.forEach(this::consume);
    name();
    Map<String, Layout> layouts = new LinkedHashMap<>();
    analysis.drafts.forEach(
        (value, draft) -> layouts.put(value, new Layout(draft.axis(), segments(draft.runs()))));
    return new ChannelSpaces(
        List.copyOf(spaces.values()),
        layouts,
        analysis.bindings.stream().map(this::binding).toList());
  }

  /** Finds the blocks of a run; one that takes channels in another order keeps the original's. */
  private void lay(String value, Run run) {
    if (wholes.containsKey(run.channels())) {
      return;
    }
    List<Block> whole = partition.whole(run.channels());
    if (whole == null) {
      String why = "channels are reordered: " + value;
      run.channels().forEach(channel -> channel.restrict(Freedom.PINNED, why));
      Block standIn = new Block();
      analysis.pinned(value, run.channels().size(), why).channels().forEach(standIn.channels::add);
      blocks.add(standIn);
      whole = List.of(standIn);
    }
    wholes.put(run.channels(), whole);
  }

  private void group(Grouping grouping) {
    Draft draft = grouping.channels();
    String why = "grouped convolution: " + grouping.node().name();
    List<Block> whole = draft.runs().stream().flatMap(run -> blocks(run).stream()).toList();
    if (whole.size() == 1 && draft.runs().get(0).repeat() == 1) {
      whole.get(0).group(grouping.groups(), why);
    } else {
      whole.forEach(block -> block.restrict(Freedom.PINNED, why + " of several spaces"));
    }
  }

  private void consume(BindingDraft binding) {
    // Only a constant that is multiplied with makes a consumer.
    if (binding.role() == Binding.Role.DECODE) {
      binding
          .runs()
          .forEach(run -> blocks(run).forEach(block -> block.consumers.add(binding.node().name())));
    }
  }

  private void name() {
    Map<String, Integer> names = new HashMap<>();
    for (Block block : blocks) {
      int count = names.merge(block.name(), 1, Integer::sum);
      spaces.put(block, block.finish(count == 1 ? block.name() : block.name() + "#" + count));
    }
  }

  private List<Block> blocks(Run run) {
    List<Block> found = wholes.get(run.channels());
    if (found == null) {
      throw new IllegalStateException(run + " lies in no value");
    }
    return found;
  }

  private List<Segment> segments(List<Run> runs) {
    List<Segment> segments = new ArrayList<>();
    for (Run run : runs) {
      for (Block block : blocks(run)) {
        Space space = spaces.get(block);
        if (space == null) {
          throw new IllegalStateException("no space for " + block.name());
        }
        segments.add(new Segment(space.name(), run.repeat()));
      }
    }
    return segments;
  }

  private Binding binding(BindingDraft draft) {
    return new Binding(
        draft.node().name(),
        draft.input(),
        draft.axis(),
        draft.role(),
        segments(draft.runs()),
        draft.groups());
  }
}
