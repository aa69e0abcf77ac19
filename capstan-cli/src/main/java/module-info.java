/** The command line. Its launcher stays on the class path; here it says what it needs. */
module dev.capstan.cli {
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;
  requires dev.capstan;
  requires gg.jte.runtime;
  requires info.picocli;
  requires java.management;
  requires static java.compiler;
  requires me.tongfei.progressbar;
  requires org.jline.terminal;
  requires org.slf4j;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;

  opens dev.capstan.cli to
      info.picocli;
  opens gg.jte.generated.precompiled to
      gg.jte.runtime;
  opens dev.capstan.cli.option to
      info.picocli;
}
