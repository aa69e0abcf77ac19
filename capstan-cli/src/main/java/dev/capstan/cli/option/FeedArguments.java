package dev.capstan.cli.option;

import static java.util.Objects.requireNonNull;

import dev.capstan.job.Inputs;
import dev.capstan.recipe.Rendezvous;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** How images become a network's input and what computes, for every command that runs one. */
public final class FeedArguments {
  @Mixin private ImageArguments images = new ImageArguments();
  @Mixin private ClassesArgument classes = new ClassesArgument();
  @Mixin private ComputeArguments compute = new ComputeArguments();

  /**
   * A model and images as they are said to be fed.
   *
   * @param model required
   * @param data required
   */
  public Inputs of(@Nullable Path model, @Nullable Path data) {
    return of(model, data, null);
  }

  /** The same for a process that shares its host with others of the run. */
  public Inputs of(@Nullable Path model, @Nullable Path data, @Nullable Rendezvous rendezvous) {
    return Inputs.of(requireNonNull(model), requireNonNull(data))
        .with(images.options(classes.file()))
        .with(compute.compute(rendezvous));
  }
}
