/**
 * The whole jobs, from files to files: what a Java user depends on. A job is asked for by a value
 * of {@code dev.capstan.job}, done by a class of {@code dev.capstan.pipeline}, and told by a value
 * of {@code dev.capstan.report}.
 */
module dev.capstan {
  requires transitive dev.capstan.ort;
  requires transitive dev.capstan.torch;
  requires com.fasterxml.jackson.annotation;
  requires java.desktop;
  requires java.management;
  requires java.xml;
  requires jdk.management;
  requires org.slf4j;
  requires tools.jackson.databind;

  exports dev.capstan.job;
  exports dev.capstan.metric;
  exports dev.capstan.pipeline;
  exports dev.capstan.report;
  exports dev.capstan.chart to
      dev.capstan.cli;
  exports dev.capstan.pipeline.compare to
      dev.capstan.cli;
  exports dev.capstan.pipeline.demo to
      dev.capstan.cli;
  exports dev.capstan.pipeline.evidence to
      dev.capstan.cli;
  exports dev.capstan.pipeline.machine to
      dev.capstan.cli;
  exports dev.capstan.pipeline.preprocess to
      dev.capstan.cli;
  exports dev.capstan.pipeline.result to
      dev.capstan.cli;

  opens dev.capstan.job to
      tools.jackson.databind;
  opens dev.capstan.pipeline.evidence to
      tools.jackson.databind;
  opens dev.capstan.report to
      tools.jackson.databind;

  uses dev.capstan.metric.Metric;
}
