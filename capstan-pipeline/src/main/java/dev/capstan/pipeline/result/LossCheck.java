package dev.capstan.pipeline.result;

import dev.capstan.job.CompressJob.Limits;
import dev.capstan.report.Quality.Lost;
import dev.capstan.report.Scores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a result has lost, and whether that is too much. */
record LossCheck(Limits limits) {
  /** From here on much of an output is gone. */
  private static final double MUCH = 0.5;

  /** From here on nothing of it is left: a constant would do as well. */
  private static final double ALL = 1;

  /** Below it a classifier is another one. */
  private static final double LITTLE_AGREEMENT = 0.8;

  /**
   * What a network has lost.
   *
   * @param wholeFile whether its outputs are the file's
   * @param images on which that was told
   */
  Lost of(Scores scores, boolean wholeFile, long images) {
    return lost(scores.outputError(), wholeFile, scores, images);
  }

  /**
   * What a file has lost, whose network up to its tail has these scores.
   *
   * @param lists whether it gives lists too, for which those stand
   */
  Lost of(WholeFiles.Errors errors, boolean lists, Scores scores) {
    Map<String, Double> all = new LinkedHashMap<>(errors.byOutput());
    if (lists) {
      scores.outputError().forEach(all::putIfAbsent);
    }
    return lost(all, !lists, scores, errors.images());
  }

  private Lost lost(Map<String, Double> errors, boolean wholeFile, Scores scores, long images) {
    List<String> warnings = new ArrayList<>(hidden(errors, scores));
    errors.forEach((name, error) -> warn(warnings, name, error));
    warn(warnings, scores.agreement());
    return new Lost(
        errors,
        wholeFile,
        scores.agreement(),
        scores.divergence(),
        images,
        warnings,
        errors.values().stream().allMatch(this::allowsError)
            && allowsAgreement(scores.agreement()));
  }

  /** What the tail reads and the file's outputs hide: scores beside coordinates in pixels. */
  private static List<String> hidden(Map<String, Double> told, Scores scores) {
    return scores.outputError().entrySet().stream()
        .filter(value -> !told.containsKey(value.getKey()) && value.getValue() > MUCH)
        .map(
            value ->
                text(
                    "much of '%s', which the rest of the file is computed from, is lost: error %.3g",
                    value.getKey(), value.getValue()))
        .toList();
  }

  private boolean allowsError(double error) {
    Double limit = limits.maxError();
    return error < ALL && (limit == null || error <= limit);
  }

  private boolean allowsAgreement(@Nullable Double agreement) {
    Double limit = limits.minAgreement();
    return limit == null || agreement == null || agreement >= limit;
  }

  private void warn(List<String> warnings, String output, double error) {
    Double limit = limits.maxError();
    if (error >= ALL) {
      warnings.add(text("output '%s' is no better than a constant: error %.3g", output, error));
    } else if (limit != null && error > limit) {
      warnings.add(
          text(
              "output '%s' is off by %.3g of its variation, setting 'max-error' allows %.3g",
              output, error, limit));
    } else if (error > MUCH) {
      warnings.add(text("much of output '%s' is lost: error %.3g", output, error));
    }
  }

  private void warn(List<String> warnings, @Nullable Double agreement) {
    if (agreement == null) {
      return;
    }
    Double limit = limits.minAgreement();
    if (limit != null && agreement < limit) {
      warnings.add(
          text(
              "%.1f %% of the images get the original's class, setting 'min-agreement' asks for %.1f %%",
              100 * agreement, 100 * limit));
    } else if (agreement < LITTLE_AGREEMENT) {
      warnings.add(text("only %.1f %% of the images get the original's class", 100 * agreement));
    }
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
