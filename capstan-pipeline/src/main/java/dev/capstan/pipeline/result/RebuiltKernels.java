package dev.capstan.pipeline.result;

import dev.capstan.compress.BasesFile;
import dev.capstan.compress.Compression;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.ResidualPolicy;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.rank.Ranks;
import dev.capstan.rank.allocate.CompressibleNetwork;
import dev.capstan.space.ChannelSpaces;
import dev.capstan.space.ChannelSpaces.Residual;
import dev.capstan.space.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The constants of a result beside those that the original and the bases give ({@link
 * Compression#apply}).
 *
 * @param same how many are equal bit for bit
 * @param changed how far the others are from what they were, by name: {@code ||w' - w|| / ||w||}
 * @param later stages that changed weights after the bases had made them, in order
 * @param failures what cannot be: constants of another shape, or changed where no stage did it
 */
public record RebuiltKernels(
    int same, Map<String, Double> changed, List<String> later, List<String> failures) {

  /** Rebuilds the kernels of a result from its original. */
  static RebuiltKernels of(CompressRecord record, Path model, Path original) {
    ImageOptions options = record.job().inputs().images();
    SourceModel source = SourceModel.read(original, options);
    ChannelSpaces spaces = spaces(record, source);
    Path bases = ResultFiles.of(model).bases();
    Graph rebuilt = Compression.apply(spaces, BasesFile.read(bases, spaces, source.sha256()));
    return compare(rebuilt, SourceModel.read(model, options).graph(), ResultVerifier.later(record));
  }

  /** As ranks are chosen: streams are projected only where a rank asks for it, or the user did. */
  private static ChannelSpaces spaces(CompressRecord record, SourceModel source) {
    boolean may = record.job().options().ranks().streams() != ResidualPolicy.PROJECT;
    ChannelSpaces keep = CompressibleNetwork.spacesOf(source.folded(), Residual.KEEP);
    ChannelSpaces project = CompressibleNetwork.spacesOf(source.folded(), Residual.PROJECT);
    Map<String, Integer> smaller = new TreeMap<>();
    for (Space space : project.compressible()) {
      int rank = record.report().ranks().getOrDefault(space.name(), space.width());
      if (rank < space.width()) {
        smaller.put(space.name(), rank);
      }
    }
    return may && new Ranks(smaller).fit(keep) ? keep : project;
  }

  private static RebuiltKernels compare(Graph rebuilt, Graph found, List<String> later) {
    int same = 0;
    Map<String, Double> changed = new TreeMap<>();
    List<String> failures = new ArrayList<>();
    for (Map.Entry<String, Constant> entry : rebuilt.constants().entrySet()) {
      Constant wanted = entry.getValue();
      Constant other = found.constants().get(entry.getKey());
      if (other != null && wanted.sameAs(other)) {
        same++;
      } else if (other != null && wanted.shape().equals(other.shape())) {
        changed.put(entry.getKey(), distance(wanted, other));
      } else {
        failures.add(
            "constant '%s': the bases give %s, found %s"
                .formatted(entry.getKey(), wanted, other == null ? "none" : other));
      }
    }
    if (later.isEmpty() && !changed.isEmpty()) {
      failures.add(
          "%d constants differ from what the bases give, the first '%s', although no later stage was kept"
              .formatted(changed.size(), changed.keySet().iterator().next()));
    }
    return new RebuiltKernels(same, changed, later, failures);
  }

  private static double distance(Constant wanted, Constant found) {
    float[] from = wanted.floats();
    float[] to = found.floats();
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < from.length; i++) {
      difference += Math.pow((double) to[i] - from[i], 2);
      norm += Math.pow(from[i], 2);
    }
    return norm == 0 ? Math.sqrt(difference) : Math.sqrt(difference / norm);
  }
}
