package dev.capstan.pipeline.preprocess;

import static java.util.Objects.requireNonNull;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.ResizeMode;
import dev.capstan.outputs.judged.TopClass;
import dev.capstan.pipeline.input.ImageSets;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.TorchNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Tells by labels how images of other sizes become a network's input. Ways are compared image by
 * image: where b images are right one way alone and c the other way alone, the ways differ by
 * {@code b - c} images with a standard error of {@code sqrt(b + c)}.
 */
final class ResizeSearch {
  private static final int BATCH = 16;

  /** Standard errors by which the best must be ahead. */
  private static final double SURE = 4;

  private static final List<ResizeMode> MODES =
      List.of(ResizeMode.SHORTER, ResizeMode.EXACT, ResizeMode.LETTERBOX);

  private final Inputs inputs;
  private final Dataset set;
  private final int most;
  private final WorkListener listener;

  /**
   * A search.
   *
   * @param inputs all but the resize as it was found
   * @param set labelled images
   * @param most images to look at
   */
  ResizeSearch(Inputs inputs, Dataset set, int most, WorkListener listener) {
    this.inputs = inputs;
    this.set = set;
    this.most = most;
    this.listener = listener;
  }

  /**
   * What was found.
   *
   * @param words how many are right each way, and whether that tells; empty where all ways give the
   *     same
   * @param options what asks for it
   */
  record Chosen(String words, PreprocessingOptions options) {}

  /** A way, and which images are right. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never copied or compared
  private record Way(ResizeMode mode, PreprocessingOptions options, boolean[] right) {
    int count() {
      int count = 0;
      for (boolean one : right) {
        count += one ? 1 : 0;
      }
      return count;
    }

    /** Whether it does better by more than chance. */
    boolean isClearlyBefore(Way other) {
      int alone = 0;
      int others = 0;
      for (int i = 0; i < right.length; i++) {
        alone += right[i] && !other.right[i] ? 1 : 0;
        others += other.right[i] && !right[i] ? 1 : 0;
      }
      return alone > others && alone - others >= SURE * Math.sqrt(alone + others);
    }

    String words() {
      double percent = 100.0 * count() / Math.max(1, right.length);
      return String.format(Locale.ROOT, "%s %.1f %%", mode.word(), percent);
    }
  }

  /** Tries them; the usual way is kept where no other is clearly better than all. */
  Chosen run() {
    List<Way> ways = new ArrayList<>();
    listener.begin("trying %d ways to resize".formatted(MODES.size()), MODES.size());
    for (ResizeMode mode : MODES) {
      PreprocessingOptions options = with(mode);
      ways.add(new Way(mode, options, right(options)));
      listener.advance(ways.size(), List.of());
    }
    listener.end();
    Way usual = ways.get(0);
    Way best = ways.stream().reduce((a, b) -> b.count() > a.count() ? b : a).orElseThrow();
    boolean sure =
        ways.stream().allMatch(way -> way.mode() == best.mode() || best.isClearlyBefore(way));
    boolean alike = ways.stream().allMatch(way -> way.count() == usual.count());
    String counts = ways.stream().map(Way::words).collect(Collectors.joining(", "));
    return new Chosen(
        alike
            ? ""
            : counts + (sure ? ": " + best.mode().word() : ": cannot be told, the default is kept"),
        sure && best.mode() != usual.mode() ? best.options() : inputs.images().input());
  }

  private PreprocessingOptions with(ResizeMode mode) {
    PreprocessingOptions found = inputs.images().input();
    return new PreprocessingOptions(
        found.mean(),
        found.std(),
        found.channels(),
        found.range(),
        mode,
        0,
        found.crop(),
        found.layout());
  }

  private boolean[] right(PreprocessingOptions options) {
    ImageOptions shown = inputs.images().with(options);
    SourceModel file = SourceModel.read(inputs.model(), shown);
    ModelInput input = ModelInput.of(file, set, shown, WorkListener.NONE);
    ImageStore store = new ImageSets(input, WorkListener.NONE).learning(set, inputs.data(), true);
    return right(input, ImageSubset.all(store).sample(most, 1));
  }

  private boolean[] right(ModelInput input, ImageSubset images) {
    Graph graph = input.source().open();
    Preprocessing shown = input.feed().preprocessing().orElseThrow();
    String fed = graph.inputs().get(0).name();
    String given = graph.outputs().get(0).name();
    boolean[] right = new boolean[images.size()];
    int seen = 0;
    Compute exact = Compute.fp32(inputs.compute().threads());
    try (TorchNetwork network = new TorchNetwork(graph, exact);
        Batches batches = images.batches(BATCH, exact.threads())) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        Constant pixels = Constant.of(batch.inputs().get(0).values(), shown.shape(batch.size()));
        float[] scores = requireNonNull(network.run(Map.of(fed, pixels)).get(given)).floats();
        int classes = scores.length / batch.size();
        for (int i = 0; i < batch.size(); i++) {
          int best = TopClass.of(scores, i * classes, classes);
          right[seen++] = best == batch.labels()[i];
        }
      }
    }
    return right;
  }
}
