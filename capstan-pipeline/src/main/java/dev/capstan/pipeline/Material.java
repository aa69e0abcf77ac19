package dev.capstan.pipeline;

import dev.capstan.data.ImageStore;
import dev.capstan.data.Preprocessing;
import dev.capstan.data.Split;
import dev.capstan.graph.InvalidInputException;
import dev.capstan.pipeline.CompressReport.Machine;
import dev.capstan.recipe.WorkListener;
import dev.capstan.torch.Evaluation;
import dev.capstan.torch.TorchNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A setup, read and checked: what every course with it shares.
 *
 * @param learning the images to learn from
 * @param judge what tells how good a network is
 */
record Material(Setup setup, SourceModel source, ImageStore learning, Judge judge) {
  /**
   * Reads the model and lists the images.
   *
   * @throws InvalidInputException if they cannot be worked with, or do not fit each other
   */
  static Material open(Setup setup, WorkListener listener) {
    SourceModel read = SourceModel.read(setup.model());
    Preprocessing preprocessing = setup.images().input().resolve(read.graph());
    SourceModel source = read.sized(preprocessing);
    ImageStore learning = setup.images().open(setup.data(), Split.TRAIN, preprocessing);
    Judge judge = new Judge(learning, validation(setup, preprocessing), setup.compute(), listener);
    return new Material(setup, source, learning, judge);
  }

  /**
   * How good the original is, null if there is nothing to judge by.
   *
   * @throws InvalidInputException if it does hardly better than chance and that is not accepted
   */
  @Nullable Evaluation baseline() {
    judge.checkBaseline(source.folded(), setup.acceptChance());
    return judge.of(source.folded(), Stage.BASELINE.words());
  }

  private static @Nullable ImageStore validation(Setup setup, Preprocessing preprocessing) {
    Path folder = setup.validation();
    if (folder == null) {
      return null;
    }
    ImageStore store = setup.images().open(folder, Split.TEST, preprocessing);
    if (!store.dataset().isLabelled()) {
      throw new InvalidInputException(
          folder + ": expected labelled images to judge by, found a folder without classes");
    }
    return store;
  }

  /** What the work runs on and with. */
  Machine machine() {
    return new Machine(
        Processor.name(),
        setup.compute().threads(),
        TorchNetwork.precision(setup.compute()),
        learning.decoder().name());
  }

  /** Images left out, each with what is wrong with it. */
  List<String> skipped() {
    return Stream.concat(learning.skipped().stream(), judge.skipped().stream()).toList();
  }
}
