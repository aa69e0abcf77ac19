package dev.capstan.pipeline.preprocess;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.Dataset;
import dev.capstan.data.ImageStore;
import dev.capstan.data.ImageSubset;
import dev.capstan.data.Split;
import dev.capstan.data.format.Datasets;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.image.Preprocessing;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.pipeline.input.ImageSets;
import dev.capstan.pipeline.input.InputPreprocessing;
import dev.capstan.pipeline.input.ModelInput;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.pipeline.preprocess.Criterion.Place;
import dev.capstan.recipe.Compute;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.TorchNetwork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tries the usual conventions on some images, and tells which one a network was trained with: by
 * labels, by what BatchNormalization has kept of its training, else by what the network says of
 * images and of the same ones seen a little otherwise. An answer is given only where every other
 * convention does worse by several standard errors; of these a jackknife over groups of images
 * tells.
 */
public final class PreprocessingSearch {
  private static final int GROUPS = 10;
  private static final int BATCH = 16;

  /** Standard errors by which the best must be ahead of each other one. */
  private static final double SURE = 4;

  private final Inputs inputs;
  private final WorkListener listener;
  private final ModelInput input;
  private final ImageStore images;
  private final int most;

  private PreprocessingSearch(Inputs inputs, int most, WorkListener listener) {
    this.listener = listener;
    this.most = most;
    SourceModel file = SourceModel.read(inputs.model(), inputs.images());
    Dataset set = Datasets.open(inputs.data(), Split.TEST);
    if (set.isOfArrays()) {
      throw new InvalidInputException(
          set.name(0) + ": an array goes into the network as it is: there is nothing to find out");
    }
    PreprocessingOptions said = inputs.images().input();
    int depth = InputPreprocessing.channels(said, file.graph());
    this.input = ModelInput.of(file, set, inputs.images().with(plain(said, depth)), listener);
    this.inputs = inputs.with(inputs.images().with(said.withCrop(input.options().input().crop())));
    checkInput();
    this.images = new ImageSets(input, listener).learning(set, inputs.data(), false);
  }

  private void checkInput() {
    if (!input.source().graph().inputs().get(0).type().type().isFloating()) {
      throw new InvalidInputException(
          inputs.model()
              + ": takes pixels as they are and normalises them itself: nothing to find");
    }
    if (shown().channels() == 4) {
      throw new InvalidInputException(
          inputs.model() + ": takes alpha beside the colours, for which there is no usual way");
    }
  }

  /** Images as they are, in 0..1; what is said of extents stays. */
  private static PreprocessingOptions plain(PreprocessingOptions said, int depth) {
    PreprocessingOptions unit = Preset.UNIT.options();
    return new PreprocessingOptions(
        Collections.nCopies(depth, 0.0),
        Collections.nCopies(depth, 1.0),
        unit.channels(),
        unit.range(),
        said.resize(),
        said.size(),
        said.crop(),
        said.layout());
  }

  /**
   * A convention that was tried.
   *
   * @param name a preset's, with the order of channels where that is the other one
   * @param score by the criterion, the higher the better
   * @param behind how far behind the best
   * @param error standard error of that
   */
  public record Tried(String name, double score, double behind, double error) {}

  /**
   * What was found.
   *
   * @param by what told them apart
   * @param images that were looked at
   * @param tried by that, the best first
   * @param chosen name of the preset, null if none is sure: the default is kept then
   * @param orderTold whether the order of colours is sure, too; else the preset's is kept
   * @param why in words
   * @param resize what labels tell of ways to resize; empty where nothing does
   * @param options what asks for it; what was said before if nothing is sure
   */
  public record Found(
      String by,
      int images,
      List<Tried> tried,
      @Nullable String chosen,
      boolean orderTold,
      String why,
      String resize,
      PreprocessingOptions options) {
    private Found with(ResizeSearch.Chosen resized) {
      return new Found(
          by, images, tried, chosen, orderTold, why, resized.words(), resized.options());
    }
  }

  /**
   * Looks for a network's preprocessing.
   *
   * @param inputs the model, and images as those to learn from
   * @param most images to look at; 0 for 256 with labels, else 64
   * @throws InvalidInputException if the network sees no pictures, or nothing tells of them
   */
  public static Found run(Inputs inputs, int most, WorkListener listener) {
    return new PreprocessingSearch(inputs, most, listener).run();
  }

  private Preprocessing shown() {
    return input.feed().preprocessing().orElseThrow();
  }

  private Found run() {
    List<Convention> all = Convention.all(shown().channels());
    boolean labelled = input.classifies() && images.dataset().isLabelled();
    ImageSubset some = ImageSubset.all(images).sample(most > 0 ? most : labelled ? 256 : 64, 1);
    Found found = unknown();
    for (Criterion criterion : criteria(all.size(), labelled)) {
      see(criterion, all, some);
      found = found(criterion, all, some.size());
      // What labels leave open, statistics may tell; not where no convention gets labels right.
      if (found.chosen() != null || !criterion.isMeaningful(found.tried().get(0).score())) {
        break;
      }
    }
    PreprocessingOptions said = inputs.images().input();
    boolean open = labelled && said.resize() == null && said.size() == 0;
    return open && found.chosen() != null ? resized(found, some.size()) : found;
  }

  private Found resized(Found found, int count) {
    ImageOptions shown = inputs.images().with(found.options());
    Dataset set = Datasets.open(inputs.data(), Split.TEST);
    return found.with(new ResizeSearch(inputs.with(shown), set, count, listener).run());
  }

  private Found unknown() {
    return new Found(
        "nothing",
        0,
        List.of(),
        null,
        false,
        "there are no labels, no BatchNormalization is left in the file, and the outputs are no"
            + " classes",
        "",
        inputs.images().input());
  }

  private List<Criterion> criteria(int conventions, boolean labelled) {
    Graph network = input.source().open();
    List<Criterion> criteria = new ArrayList<>();
    if (labelled) {
      int classes = images.dataset().classes().size();
      criteria.add(new LabelCriterion(network, classes, conventions, GROUPS));
    }
    if (StatisticsCriterion.serves(network)) {
      criteria.add(new StatisticsCriterion(network, conventions, GROUPS));
    } else if (input.classifies()) {
      criteria.add(new ConsistencyCriterion(network, conventions, GROUPS));
    }
    return criteria;
  }

  private void see(Criterion criterion, List<Convention> all, ImageSubset some) {
    int size = Math.max(1, Math.min(BATCH, some.size() / GROUPS));
    String name = criterion.graph().inputs().get(0).name();
    long steps = (long) all.size() * ((some.size() + size - 1) / size);
    listener.begin("trying %d conventions".formatted(all.size()), steps);
    // In single precision: differences may be small.
    Compute exact = Compute.fp32(inputs.compute().threads());
    try (TorchNetwork network = new TorchNetwork(criterion.graph(), exact);
        Batches batches = some.batches(size, exact.threads())) {
      for (int b = 0, step = 0; batches.hasNext(); b++) {
        Batch batch = batches.next();
        UnitImages unit = UnitImages.of(batch, shown());
        for (int c = 0; c < all.size(); c++) {
          Convention convention = all.get(c);
          criterion.see(
              new Place(c, b % GROUPS),
              batch,
              unit,
              view -> network.run(Map.of(name, view.as(convention))));
          listener.advance(++step, List.of());
        }
      }
    }
    listener.end();
  }

  private Found found(Criterion criterion, List<Convention> all, int count) {
    int best = best(criterion, all, convention -> true);
    List<Tried> tried =
        IntStream.range(0, all.size())
            .mapToObj(c -> compared(criterion, all, best, c))
            .sorted(Comparator.comparingDouble(Tried::behind))
            .toList();
    Preset preset = all.get(best).preset();
    String doubt = doubt(criterion, all, best, count);
    if (!doubt.isEmpty()) {
      return new Found(
          criterion.name(), count, tried, null, false, doubt, "", inputs.images().input());
    }
    int turned = best(criterion, all, c -> c.preset() == preset && !c.equals(all.get(best)));
    boolean told = turned < 0 || isClear(criterion, compared(criterion, all, best, turned));
    int chosen = told || !all.get(best).turned() ? best : turned;
    return new Found(
        criterion.name(),
        count,
        tried,
        told ? all.get(best).name() : preset.word(),
        told,
        told
            ? "every other one does worse"
            : "other numbers do worse; the order of colours cannot be told, the preset's is kept",
        "",
        with(all.get(chosen).options()));
  }

  /** The best of some, -1 where there are none. */
  private static int best(Criterion criterion, List<Convention> all, Predicate<Convention> among) {
    return IntStream.range(0, all.size())
        .filter(c -> among.test(all.get(c)))
        .boxed()
        .max(Comparator.comparingDouble(c -> score(criterion, c)))
        .orElse(-1);
  }

  private static Tried compared(Criterion criterion, List<Convention> all, int best, int other) {
    double behind = score(criterion, best) - score(criterion, other);
    double error = error(criterion, best, other);
    return new Tried(all.get(other).name(), score(criterion, other), behind, error);
  }

  private static double score(Criterion criterion, int convention) {
    double score = criterion.score(convention, Criterion.NONE);
    return Double.isFinite(score) ? score : Double.NEGATIVE_INFINITY;
  }

  /** Standard error of the difference of two scores, by leaving one group out after another. */
  private static double error(Criterion criterion, int one, int other) {
    double[] differences =
        IntStream.range(0, GROUPS)
            .mapToDouble(g -> criterion.score(one, g) - criterion.score(other, g))
            .toArray();
    double mean = IntStream.range(0, GROUPS).mapToDouble(g -> differences[g]).average().orElse(0);
    double squares = 0;
    for (double difference : differences) {
      squares += (difference - mean) * (difference - mean);
    }
    return Math.sqrt(squares * (GROUPS - 1) / GROUPS);
  }

  /** Why the numbers of the best may not be the right ones; empty if they are. */
  private String doubt(Criterion criterion, List<Convention> all, int best, int count) {
    if (!criterion.isMeaningful(score(criterion, best))) {
      return "none of them fits: the images are not of the kind that the network knows, or its way"
          + " is not among these";
    }
    for (Preset other : Preset.values()) {
      if (other != all.get(best).preset()) {
        int rival = best(criterion, all, c -> c.preset() == other);
        Tried tried = compared(criterion, all, best, rival);
        if (!isClear(criterion, tried)) {
          boolean may =
              tried.behind() >= criterion.leastDifference() && count < images.dataset().size();
          return "%s and %s are too near to each other%s"
              .formatted(
                  all.get(best).name(),
                  tried.name(),
                  may ? ": more images may tell (setting 'images')" : "");
        }
      }
    }
    return "";
  }

  private static boolean isClear(Criterion criterion, Tried other) {
    return other.behind() >= criterion.leastDifference() && other.behind() >= SURE * other.error();
  }

  private PreprocessingOptions with(PreprocessingOptions values) {
    PreprocessingOptions said = inputs.images().input();
    return new PreprocessingOptions(
        values.mean(),
        values.std(),
        values.channels(),
        values.range(),
        said.resize(),
        said.size(),
        said.crop(),
        said.layout());
  }
}
