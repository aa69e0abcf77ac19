package dev.capstan.bench;

import dev.capstan.compress.Compression;
import dev.capstan.cost.Cost;
import dev.capstan.cost.CostModel;
import dev.capstan.files.TemporaryFolder;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Node;
import dev.capstan.graph.op.Activation;
import dev.capstan.latency.FixedBatch;
import dev.capstan.onnx.OnnxWriter;
import dev.capstan.ort.KernelTime;
import dev.capstan.ort.Latency;
import dev.capstan.ort.Profile;
import dev.capstan.rank.RankGrid;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.UniformRanks;
import dev.capstan.rewrite.FoldBatchNorm;
import dev.capstan.rewrite.Rewriter;
import dev.capstan.space.Bases;
import dev.capstan.space.Basis;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import dev.capstan.zoo.Zoo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of the speed-up that the MACs promise is measured in ONNX Runtime: a network of ImageNet
 * size with random weights, random selections at uniform ranks, all timed in turns.
 *
 * <p>Arguments: network (vgg16), residual streams (keep or project), channel multiple, batch,
 * threads, seconds to measure; then, for where the time goes, {@code profile}.
 */
public final class LatencyBenchmark {
  private static final Logger LOG = LoggerFactory.getLogger(LatencyBenchmark.class);
  private static final List<Double> KEEP_MACS = List.of(0.5, 0.25);
  private static final long SEED = 1;

  private final Graph graph;
  private final ChannelSpaces spaces;
  private final RankGrid grid;
  private final int threads;
  private final Duration limit;
  private final Path folder;

  private LatencyBenchmark(String[] args, Path folder) {
    Graph network = Rewriter.apply(Zoo.random(args[0], SEED), new FoldBatchNorm());
    this.graph = FixedBatch.of(network, Integer.parseInt(args[3]));
    this.spaces = ChannelSpaces.of(graph, Residual.valueOf(args[1].toUpperCase(Locale.ROOT)));
    this.grid = new RankGrid(Integer.parseInt(args[2]), 1);
    this.threads = Integer.parseInt(args[4]);
    this.limit = Duration.ofSeconds(Long.parseLong(args[5]));
    this.folder = folder;
  }

  /** Runs the comparison. */
  public static void main(String[] args) {
    try (TemporaryFolder folder = TemporaryFolder.make()) {
      LatencyBenchmark benchmark = new LatencyBenchmark(args, folder.path());
      List<Graph> graphs = benchmark.graphs();
      String setting = String.join(" | ", List.of(args).subList(0, 5));
      benchmark.compare(setting, graphs);
      if (args.length > 6) {
        benchmark.profile(graphs);
      }
    }
  }

  /** The original, and what is left of it under each budget. */
  private List<Graph> graphs() {
    List<Graph> graphs = new ArrayList<>(List.of(graph));
    CostModel costs = new CostModel(spaces);
    for (double keep : KEEP_MACS) {
      Ranks ranks = UniformRanks.allocate(spaces, costs, grid, keep, Cost.of(graph).macs());
      graphs.add(Compression.apply(spaces, selections(ranks)));
    }
    return graphs;
  }

  private Bases selections(Ranks ranks) {
    SplittableRandom random = new SplittableRandom(SEED);
    Map<String, Basis> bases = new LinkedHashMap<>();
    for (Space space : spaces.compressible()) {
      int width = space.width();
      if (ranks.of(space) < width) {
        int[] kept = random.ints(0, width).distinct().limit(ranks.of(space)).sorted().toArray();
        bases.put(space.name(), Basis.selection(width, kept));
      }
    }
    return new Bases(bases);
  }

  private Path file(int index) {
    return folder.resolve(index + ".onnx");
  }

  private void compare(String setting, List<Graph> graphs) {
    List<Path> files = new ArrayList<>();
    for (Graph each : graphs) {
      files.add(file(files.size()));
      OnnxWriter.write(each, files.get(files.size() - 1));
    }
    double[] millis = new Latency(1, limit).measure(files, threads);
    LOG.info(
        "| network | streams | multiple | batch | threads | MACs left | ms before | ms | MACs"
            + " promise | measured | share |");
    for (int i = 1; i < millis.length; i++) {
      double promised = (double) Cost.of(graph).macs() / Cost.of(graphs.get(i)).macs();
      double measured = millis[0] / millis[i];
      LOG.info(
          String.format(
              Locale.ROOT,
              "| %s | %.4f | %.2f | %.2f | %.2f x | %.2f x | %.2f |",
              setting,
              1 / promised,
              millis[0],
              millis[i],
              promised,
              measured,
              measured / promised));
    }
  }

  /** Kernels in the order they run: time before and after, MACs before and after. */
  private void profile(List<Graph> graphs) {
    List<Map<String, KernelTime>> times = new ArrayList<>();
    for (int i = 0; i < graphs.size(); i++) {
      Map<String, KernelTime> byName = new LinkedHashMap<>();
      Profile.of(file(i), threads, 1, limit).forEach(time -> byName.put(time.name(), time));
      times.add(byName);
    }
    List<Map<String, Long>> macs = graphs.stream().map(LatencyBenchmark::macsByValue).toList();
    times.get(0).forEach((name, time) -> LOG.info("{}{}", time.operator(), row(name, times, macs)));
  }

  /** ONNX Runtime names a blocked convolution after the last value that it gives. */
  private static Map<String, Long> macsByValue(Graph network) {
    Map<String, Long> byNode = Cost.macs(network);
    Map<String, Long> byValue = new LinkedHashMap<>(byNode);
    for (Node node : network.nodes()) {
      long macs = byNode.getOrDefault(node.name(), 0L);
      byValue.put(node.output(), macs);
      Node reader = network.soleReader(node.output());
      if (macs > 0 && reader != null && reader.operator() instanceof Activation) {
        byNode.put(reader.name(), macs);
      }
    }
    return byValue;
  }

  private static String row(
      String kernel, List<Map<String, KernelTime>> times, List<Map<String, Long>> macs) {
    StringBuilder row = new StringBuilder(" " + kernel);
    String value = kernel.replaceFirst("_nchwc$", "");
    for (int i = 0; i < times.size(); i++) {
      KernelTime time = times.get(i).get(kernel);
      double mega = macs.get(i).getOrDefault(value, 0L) / 1e6;
      row.append(
          time == null
              ? " | -"
              : String.format(Locale.ROOT, " | %.3f ms, %.2f MMACs", time.millis(), mega));
    }
    return row.toString();
  }
}
