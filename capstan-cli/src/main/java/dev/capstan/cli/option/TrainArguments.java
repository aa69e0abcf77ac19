package dev.capstan.cli.option;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.image.Augmentation;
import dev.capstan.job.TuneOptions;
import dev.capstan.recipe.TrainRecipe;
import dev.capstan.recipe.TrainRecipe.Optimizer;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how all weights of a network are trained. */
@InGroup(OptionGroup.TRAINING)
public final class TrainArguments {
  /** What only a number of epochs says the right values of. */
  private static final List<String> OPEN =
      List.of("--optimizer", "--rate", "--muon-rate", "--features", "--shift", "--teacher-epochs");

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--optimizer",
      paramLabel = "O",
      description =
          "muon (kernels by Muon, all else by gradient descent, BatchNorm on each batch's statistics)"
              + " or adam (rates relative to each tensor, BatchNorm's statistics fixed: for few steps)."
              + " Default: muon; where --fine-tune-epochs is auto, adam for up to 20,000 views.")
  private @Nullable Optimizer optimizer;

  @Option(
      names = "--rate",
      paramLabel = "R",
      converter = Numbers.Positive.class,
      description =
          "Learning rate at its height. Default: 0.005 x the square root of the epochs by gradient"
              + " descent, 0.001 by adam.")
  private @Nullable Double rate;

  @Option(
      names = "--muon-rate",
      paramLabel = "S",
      converter = Numbers.Fraction.class,
      description =
          "Share of its norm by which a convolution's kernel changes in a step, at its height,"
              + " along its orthogonalised momentum (Muon); at 0 kernels go by gradient descent"
              + " too. Default: 0.02, over more than 20 epochs 0.005.")
  private @Nullable Double muonRate;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = Numbers.Natural.class,
      description = "Images a step. Default: 64, by adam 16.")
  private @Nullable Integer batch;

  @Option(
      names = "--label-smoothing",
      paramLabel = "S",
      converter = Numbers.Fraction.class,
      description = "Share of a label that is spread over all classes. Default: 0.")
  private @Nullable Double labelSmoothing;

  @Option(
      names = "--ema",
      paramLabel = "D",
      converter = Numbers.Decay.class,
      description =
          "The result is a moving average of the weights in which the past has this share, such as"
              + " 0.999. Default: 0, the last weights.")
  private @Nullable Double averaging;

  @Option(
      names = "--shift",
      paramLabel = "PIXELS",
      converter = Numbers.Count.class,
      description =
          "Largest random shift of each image, in pixels. Default: 0, by adam or over more than 8"
              + " epochs 4.")
  private @Nullable Integer shift;

  @Option(
      names = "--cutout",
      paramLabel = "PIXELS",
      converter = Numbers.Count.class,
      description = "Side of a square erased in each image, at random places. Default: 0.")
  private @Nullable Integer cutout;

  @Option(
      names = "--distillation",
      paramLabel = "W",
      converter = Numbers.Fraction.class,
      description =
          "Weight of the divergence from the teacher's outputs; labels get the rest. Default: 0.2;"
              + " by adam, over more than 20 epochs and where --fine-tune-epochs is auto 0.5.")
  private @Nullable Double distillation;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      converter = Numbers.Positive.class,
      description = "By which logits are divided before that divergence. Default: 4.")
  private @Nullable Double temperature;

  @Option(
      names = "--features",
      paramLabel = "W",
      converter = Numbers.NotNegative.class,
      description =
          "Weight of the distance from the teacher's last feature map, where the outputs are"
              + " classes and both networks have one of the same name. 0: none. Default: 5, by adam 0.")
  private @Nullable Double features;

  /** Whether an option was given that says something of a teacher. */
  public boolean mentionTeacher() {
    return distillation != null || temperature != null || features != null;
  }

  /**
   * The fine-tuning of a compressed network: of no epochs, none.
   *
   * @throws ParameterException if the command line says how, but no epochs are asked for, or names
   *     what goes by a number of epochs that is left open
   */
  public TuneOptions tuning(Passes passes, TeacherArguments teacher, @Nullable Path checkpoint) {
    if (passes.automatic()) {
      OPEN.stream()
          .filter(this::isGiven)
          .findFirst()
          .ifPresent(
              name -> {
                throw needsEpochs(name);
              });
      return new TuneOptions(
          given(requireNonNull(TuneOptions.AUTOMATIC.recipe())), true, 0, checkpoint);
    }
    if (passes.count() > 0) {
      TrainRecipe recipe = recipe(passes.count(), 1);
      return new TuneOptions(recipe, false, teacher.before(recipe.schedule()), checkpoint);
    }
    CommandLine command = requireNonNull(spec).commandLine();
    // Those of the environment and of configuration files may be meant for other commands.
    for (OptionSpec option : command.getParseResult().matchedOptions()) {
      if (option.longestName().equals("--checkpoint") || isOwn(option)) {
        throw needsEpochs(option.longestName());
      }
    }
    return TuneOptions.NONE;
  }

  private boolean isGiven(String name) {
    return requireNonNull(spec).commandLine().getParseResult().matchedOptions().stream()
        .anyMatch(option -> option.longestName().equals(name));
  }

  private ParameterException needsEpochs(String name) {
    return new ParameterException(
        requireNonNull(spec).commandLine(), name + " needs --fine-tune-epochs of 1 or more");
  }

  private static boolean isOwn(OptionSpec option) {
    return option.userObject() instanceof Field field
        && List.of(TrainArguments.class, TeacherArguments.class)
            .contains(field.getDeclaringClass());
  }

  /** The recipe of a fine-tuning, but for what the options say. */
  public TrainRecipe recipe(int epochs, long seed) {
    return given(
        switch (requireNonNullElse(optimizer, Optimizer.MUON)) {
          case MUON -> TrainRecipe.fineTuning(epochs, seed);
          case ADAM -> TrainRecipe.fewViews(epochs, seed);
        });
  }

  private TrainRecipe given(TrainRecipe plain) {
    TrainRecipe.Schedule schedule = plain.schedule();
    TrainRecipe.Loss loss = plain.loss();
    Augmentation changes = plain.augmentation();
    return plain
        .withSteps(
            requireNonNullElse(batch, schedule.batch()), requireNonNullElse(rate, schedule.rate()))
        .withMuonRate(requireNonNullElse(muonRate, schedule.muonRate()))
        .withLoss(
            new TrainRecipe.Loss(
                requireNonNullElse(labelSmoothing, loss.labelSmoothing()),
                requireNonNullElse(distillation, loss.distillation()),
                requireNonNullElse(temperature, loss.temperature()),
                requireNonNullElse(features, loss.features())))
        .withAugmentation(
            changes
                .withPad(requireNonNullElse(shift, changes.pad()))
                .withCutout(requireNonNullElse(cutout, changes.cutout())))
        .withAveraging(requireNonNullElse(averaging, plain.averaging()));
  }
}
