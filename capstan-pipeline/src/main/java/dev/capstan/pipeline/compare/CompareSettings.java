package dev.capstan.pipeline.compare;

import dev.capstan.job.CompareJob;
import dev.capstan.job.CompressionOptions;
import dev.capstan.job.ImageOptions;
import dev.capstan.job.Inputs;
import dev.capstan.pipeline.input.SourceModel;
import dev.capstan.torch.TorchNetwork;
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

  public static CompareSettings of(CompareJob job, SourceModel source) {
    Inputs setup = job.setup();
    CompressionOptions course = job.course();
    return new CompareSettings(
        source.sha256(),
        setup.data().toAbsolutePath().toString(),
        String.valueOf(setup.validation()),
        String.valueOf(setup.metric()),
        setup.images(),
        TorchNetwork.precision(setup.compute()),
        Map.of(
            "ranks",
            course.ranks().policy(),
            "rankOptions",
            course.ranks().options(),
            "learnImages",
            course.bases().learnImages(),
            "fewImages",
            course.bases().fewImages(),
            "corrections",
            course.corrections(),
            "fineTuning",
            String.valueOf(course.tuning().recipe())));
  }
}
