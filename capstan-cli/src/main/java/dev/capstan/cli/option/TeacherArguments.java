package dev.capstan.cli.option;

import static java.util.Objects.requireNonNullElse;

import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.job.TuneOptions;
import dev.capstan.recipe.TrainRecipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says how the original is trained before it teaches the compressed network. */
@InGroup(OptionGroup.TRAINING)
public final class TeacherArguments {
  @Option(
      names = "--teacher-epochs",
      paramLabel = "N",
      converter = Numbers.Count.class,
      description =
          "Passes over the labels for which the original is trained before it teaches, so that it"
              + " says more than what it was trained to: 0 for none. Default: 0.15 of the epochs,"
              + " rounded; by adam, without labels and where --fine-tune-epochs is auto none.")
  private @Nullable Integer teacherEpochs;

  /** How many there are before a training of the compressed network. */
  int before(TrainRecipe.Schedule training) {
    return requireNonNullElse(teacherEpochs, TuneOptions.teacherEpochs(training));
  }
}
