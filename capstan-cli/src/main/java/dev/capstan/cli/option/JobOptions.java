package dev.capstan.cli.option;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.capstan.cli.option.ImageArguments.PixelRange;
import dev.capstan.image.Augmentation;
import dev.capstan.job.CompressJob;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.RankSettings;
import dev.capstan.job.TuneOptions;
import dev.capstan.rank.Goal;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.TrainRecipe.Optimizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The options of {@code compress} that ask for a job: what a command line would have said. */
public final class JobOptions {
  private final Map<String, String> options = new LinkedHashMap<>();

  private JobOptions() {}

  /**
   * Values by the options' names without dashes; the model is called {@code MODEL}. What the job
   * leaves open is missing, and so is how a stopped run goes on.
   */
  public static Map<String, String> of(CompressJob job) {
    JobOptions all = new JobOptions();
    all.inputs(job.inputs());
    all.images(job.inputs().images());
    all.ranks(job.options().ranks());
    all.stages(job.options());
    all.training(job.options().tuning());
    all.put("max-error", job.limits().maxError());
    all.put("min-agreement", job.limits().minAgreement());
    all.put("output", job.output());
    all.put("force", job.overwrite());
    all.put("thumbnails", job.account().thumbnails());
    return all.options;
  }

  /** The same of what is said of images alone. */
  public static Map<String, String> of(PreprocessingOptions shown) {
    JobOptions all = new JobOptions();
    all.preprocessing(shown);
    return all.options;
  }

  /** Of options that exclude each other, all that one of them does away with. */
  public static Set<String> excludedBy(Set<String> given) {
    List<Set<String>> groups = List.of(goals(), Set.of("time", "forward-runs"));
    Set<String> excluded = new TreeSet<>();
    if (given.contains("preset")) {
      excluded.addAll(Set.of("mean", "std", "channels", "range"));
    }
    groups.stream()
        .filter(group -> group.stream().anyMatch(given::contains))
        .forEach(excluded::addAll);
    return excluded;
  }

  private static Set<String> goals() {
    Set<String> goals = new TreeSet<>(Set.of("plan"));
    Arrays.stream(Goal.Kind.values()).map(Goal.Kind::setting).forEach(goals::add);
    return goals;
  }

  private void put(String option, @Nullable Object value) {
    if (value != null) {
      options.put(option, value.toString());
    }
  }

  private void putWord(String option, @Nullable Enum<?> value) {
    put(option, value == null ? null : value.name().toLowerCase(Locale.ROOT));
  }

  private void putList(String option, List<?> values) {
    put(option, values.isEmpty() ? null : joined(values));
  }

  private static String joined(List<?> values) {
    return values.stream().map(Object::toString).collect(joining(","));
  }

  private void inputs(Inputs inputs) {
    put("MODEL", inputs.model());
    put("data", inputs.data());
    put("val", inputs.validation());
    put("accept-chance", inputs.acceptChance());
    put("threads", inputs.compute().threads());
    putWord("precision", inputs.compute().precision());
    putOther("micro-batches", inputs.compute().microBatches(), 1);
    Inputs.MetricChoice metric = inputs.metric();
    if (metric != null) {
      put("metric", metric.name());
      put("metric-jar", metric.jar());
    }
  }

  private void images(ImageOptions images) {
    preprocessing(images.input());
    put("classes", images.classes());
    putWord("outputs", images.outputs());
    put("input", images.given().isEmpty() ? null : given(images.given()));
  }

  private void preprocessing(PreprocessingOptions shown) {
    putList("mean", shown.mean());
    putList("std", shown.std());
    putWord("channels", shown.channels());
    putWord("range", shown.range() == null ? null : PixelRange.of(shown.range()));
    put("resize", shown.resize() == null ? null : shown.resize().word());
    put("size", shown.size() > 0 ? shown.size() : null);
    put("crop", shown.crop().isGiven() ? shown.crop() : null);
    putWord("layout", shown.layout());
  }

  private static String given(Map<String, List<Double>> inputs) {
    return inputs.entrySet().stream()
        .map(input -> input.getKey() + "=" + joined(input.getValue()))
        .collect(joining(","));
  }

  private void ranks(RankSettings ranks) {
    Path plan = ranks.plan();
    Goal goal = ranks.goal();
    if (plan != null) {
      put("plan", plan);
    } else if (goal.kind() != Goal.Kind.AUTO) {
      put(goal.kind().setting(), goal.amount());
    }
    put("multiple", ranks.options().grid().multiple());
    put("min-rank", ranks.options().grid().minimum());
    putList("include", ranks.options().include());
    putList("exclude", ranks.options().exclude());
    putWord("ranks", ranks.policy());
    putWord("residual", ranks.streams());
    put("measure-images", ranks.measuring().images());
    put("curves", ranks.measuring().curves());
  }

  private void stages(CompressionOptions options) {
    put("method", options.bases().method());
    put("learn-images", options.bases().learnImages());
    put("few-images", options.bases().fewImages());
    putWord("re-estimate", options.corrections().reestimation());
    putWord("refit", options.corrections().refit());
    put("seed", options.seed());
    // The runs that a time came to give its result again; another day the time would not.
    long runs = options.effort().forwardRuns();
    put("forward-runs", runs > 0 ? runs : null);
  }

  private void training(TuneOptions tuning) {
    TrainRecipe recipe = tuning.recipe();
    put("fine-tune-epochs", tuning.automatic() ? "auto" : tuning.epochs());
    put("checkpoint", tuning.checkpoint());
    if (recipe != null) {
      TrainRecipe.Schedule schedule = recipe.schedule();
      TrainRecipe plain =
          tuning.automatic() ? requireNonNull(TuneOptions.AUTOMATIC.recipe()) : plain(schedule);
      putOther("batch", schedule.batch(), plain.schedule().batch());
      // What only a number of epochs says the right values of is nobody's word without one.
      if (!tuning.automatic()) {
        putWord("optimizer", schedule.optimizer() == Optimizer.MUON ? null : Optimizer.ADAM);
        putOther("rate", schedule.rate(), plain.schedule().rate());
        putOther("muon-rate", schedule.muonRate(), plain.schedule().muonRate());
        putOther("features", recipe.loss().features(), plain.loss().features());
        putOther("teacher-epochs", tuning.teacherEpochs(), TuneOptions.teacherEpochs(schedule));
        putOther("shift", recipe.augmentation().pad(), plain.augmentation().pad());
      }
      losses(recipe.loss(), plain.loss());
      putOther("cutout", recipe.augmentation().cutout(), Augmentation.NONE.cutout());
      putOther("ema", recipe.averaging(), plain.averaging());
    }
  }

  /** What is done where only the optimizer and the epochs are given. */
  private static TrainRecipe plain(TrainRecipe.Schedule schedule) {
    return schedule.optimizer() == Optimizer.MUON
        ? TrainRecipe.fineTuning(schedule.epochs(), 1)
        : TrainRecipe.fewViews(schedule.epochs(), 1);
  }

  private void losses(TrainRecipe.Loss loss, TrainRecipe.Loss plain) {
    putOther("label-smoothing", loss.labelSmoothing(), plain.labelSmoothing());
    putOther("distillation", loss.distillation(), plain.distillation());
    putOther("temperature", loss.temperature(), plain.temperature());
  }

  /** What is as it would be anyway is left open: it follows from other options. */
  private void putOther(String option, Object value, Object usual) {
    put(option, Objects.equals(value, usual) ? null : value);
  }
}
