package dev.capstan.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How good a network was found at each stage.
 *
 * @param top1 in percent; its figures are null where outputs are no classes
 * @param top5 in percent, alike
 * @param outputError error of each output against the original's, by name, as {@link Scores} has
 *     it; of a file with a tail that of the tensors before it
 * @param agreement share of images of the original's class, in [0, 1]; its figures are null where
 *     outputs are no classes
 * @param divergence of the outputs from the original's, in nats
 * @param metric the user's own, null for none
 * @param decisions what each stage that was run has chosen
 * @param lost what the result has lost
 */
public record Quality(
    StageFigures top1,
    StageFigures top5,
    Map<String, StageFigures> outputError,
    StageFigures agreement,
    StageFigures divergence,
    @Nullable OwnMetric metric,
    List<Decision> decisions,
    Lost lost) {
  /** Copies the map and the list, keeping their order. */
  public Quality {
    // Records of versions that did not tell these are read too.
    agreement = agreement == null ? new StageFigures(Map.of()) : agreement;
    divergence = divergence == null ? new StageFigures(Map.of()) : divergence;
    decisions = decisions == null ? List.of() : List.copyOf(decisions);
    lost = lost == null ? Lost.UNKNOWN : lost;
    outputError = Collections.unmodifiableMap(new LinkedHashMap<>(outputError));
  }

  /**
   * What the result has lost, told on images that nothing was learned from.
   *
   * @param outputError of each output, by name: {@code ||y' - y|| / ||y - mean y||}
   * @param wholeFile whether these are the file's outputs alone: for those of a tail that ONNX
   *     Runtime cannot run, and for lists of what is found, the tensors before it stand
   * @param agreement share of images of the original's class, in [0, 1]; null where outputs are no
   *     classes
   * @param divergence in nats, null where it was not told
   * @param images number of images
   * @param warnings a line for each that is much
   * @param met whether it is within what was asked for, and less than all
   */
  public record Lost(
      Map<String, Double> outputError,
      boolean wholeFile,
      @Nullable Double agreement,
      @Nullable Double divergence,
      long images,
      List<String> warnings,
      boolean met) {
    static final Lost UNKNOWN = new Lost(Map.of(), true, null, null, 0, List.of(), true);

    /** Copies both, keeping their order. */
    public Lost {
      outputError = Collections.unmodifiableMap(new LinkedHashMap<>(outputError));
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * What was chosen between networks at a stage, told on images held out.
   *
   * @param stage at which
   * @param kept what goes on: {@code learned}, {@code start} of learning, {@code selected} or
   *     another method's name for the bases, {@code yes} or {@code no} for a correction or a
   *     training
   * @param why the figures that decided, in words
   */
  public record Decision(Stage stage, String kept, String why) {
    /** What it was about, in a word. */
    public String subject() {
      return stage == Stage.PROJECTED ? "bases" : stage.column();
    }
  }

  /** The user's own metric. */
  public record OwnMetric(String name, boolean higherIsBetter, StageFigures stages) {}
}
