package dev.capstan.pipeline.compare;

import dev.capstan.job.CompareJob;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.pipeline.input.Session;
import java.util.HashMap;
import java.util.Map;

/**
 * What rows must have in common to stand in one table.
 *
 * @param sourceSha256 hash of the model
 * @param data the images to learn from
 * @param validation the images to judge by
 * @param metric the user's own metric
 * @param stages the options of the stages, apart from what differs between rows
 */
public record CompareSettings(
    String sourceSha256,
    String data,
    String validation,
    String metric,
    ImageOptions images,
    String precision,
    Map<String, Object> stages) {
  /** Those of a job. */
  public static CompareSettings of(CompareJob job, Session session) {
    Inputs inputs = job.inputs();
    CompressionOptions options = job.options();
    return new CompareSettings(
        session.source().sha256(),
        inputs.data().toAbsolutePath().toString(),
        String.valueOf(inputs.validation()),
        String.valueOf(inputs.metric()),
        inputs.images(),
        session.torch().precision(),
        stages(job, options));
  }

  private static Map<String, Object> stages(CompareJob job, CompressionOptions options) {
    Map<String, Object> stages = new HashMap<>();
    stages.put("ranks", options.ranks().policy());
    stages.put("rankOptions", options.ranks().options());
    stages.put("measureImages", options.ranks().measuring().images());
    stages.put("learnImages", options.bases().learnImages());
    stages.put("fewImages", options.bases().fewImages());
    stages.put("corrections", options.corrections());
    stages.put(
        "fineTuning",
        (options.tuning().automatic() ? "as long as suits: " : "") + options.tuning().recipe());
    // Settings of versions that could not choose have no such entries, and were these.
    if (options.tuning().teacherEpochs() > 0) {
      stages.put("teacherEpochs", options.tuning().teacherEpochs());
    }
    if (job.rivalRanks() != CompareJob.RivalRanks.SAME) {
      stages.put("rivalRanks", job.rivalRanks());
    }
    return stages;
  }
}
