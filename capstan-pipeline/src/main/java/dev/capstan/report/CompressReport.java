package dev.capstan.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.capstan.ort.result.Verification;
import dev.capstan.recipe.Method;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a compression. In JSON all but the last two are one flat object.
 *
 * @param goal what was asked for, and what was reached
 * @param method what chose the bases
 * @param size what the network costs
 * @param ranks channels left in each space that can be compressed, by its name
 * @param quality how good it is, stage by stage
 * @param model what was found of the file
 * @param work what it took
 * @param files what was written
 */
public record CompressReport(
    GoalResult goal,
    Method method,
    @JsonUnwrapped Size size,
    Map<String, Integer> ranks,
    @JsonUnwrapped Quality quality,
    @JsonUnwrapped Model model,
    @JsonUnwrapped Work work,
    Files files) {

  /** A count before and after compression. */
  public record Change(long before, long after) {
    /** What is kept, as a share. */
    public double kept() {
      return (double) after / before;
    }

    /** The same without what is in both. */
    public Change less(long unchanged) {
      return new Change(before - unchanged, after - unchanged);
    }
  }

  /**
   * What a network costs.
   *
   * @param macs multiply-accumulates for one input
   * @param parameters trained numbers
   * @param fileBytes size of the ONNX files
   * @param channels of each space that can be compressed, by its name, along the network
   */
  public record Size(
      Change macs, Change parameters, Change fileBytes, Map<String, Change> channels) {
    /** Copies the map, keeping its order; reports of versions that did not tell it have none. */
    public Size {
      channels =
          channels == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(channels));
    }
  }

  /**
   * What was found of the file.
   *
   * @param latencyMillis median time of one run in ONNX Runtime
   * @param verification how far ONNX Runtime's outputs are from the network in memory
   * @param tail what comes after the part that could be compressed, null if that is all
   */
  public record Model(
      Speed latencyMillis, Verification verification, @Nullable UncompressedTail tail) {}

  /**
   * What the job took.
   *
   * @param imagesSeen images in the steps of each stage
   * @param seconds wall time of the whole job
   * @param seed of every random choice
   * @param machine what it ran on and with
   * @param bits that other runs of the same job give, or not
   * @param skippedImages images left out, each with what is wrong with it
   * @param forwardRuns what it was allowed, in forward runs of one image: as a setting the same
   *     number gives the same bits; 0 in records of versions that did not count
   * @param plan what each stage was to look at, as it was told before the first one
   */
  public record Work(
      ImagesSeen imagesSeen,
      double seconds,
      long seed,
      Machine machine,
      @Nullable Bits bits,
      List<String> skippedImages,
      long forwardRuns,
      List<String> plan) {
    /** Records of versions that made no plan have none. */
    public Work {
      plan = plan == null ? List.of() : List.copyOf(plan);
    }
  }

  /**
   * What tells whether two runs came to the same.
   *
   * @param initializers SHA-256 of names and numbers of all the network's constants, in hexadecimal
   * @param bitExact whether the same job gives them on a machine like this one: not where it was
   *     stopped on one and went on on another
   */
  public record Bits(String initializers, boolean bitExact) {}

  /** What was written. */
  public record Files(String model, String bases, String record) {}

  /** Whether the result is what was asked for: as small, and no worse. */
  public boolean met() {
    return goal.met() && quality.lost().met();
  }

  /** Multiply-accumulates for one input. */
  public Change macs() {
    return size.macs();
  }

  /** Top-1 accuracy at each stage, in percent; null where there are no labels to judge by. */
  public StageFigures top1() {
    return quality.top1();
  }
}
