package dev.capstan.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import dev.capstan.cli.terminal.ProgressObjects;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Sends the log to {@code err}. Done in code: reading an XML file would cost more than the rest.
 */
final class Logging {
  private final LoggerContext context;
  private final PrintStream err;

  private Logging(LoggerContext context, PrintStream err) {
    this.context = context;
    this.err = err;
  }

  /**
   * Warnings and errors; with {@code quiet} errors only, with {@code verbose} all of our own.
   *
   * @param objects whether a program reads them: an object a line
   */
  static void start(PrintStream err, boolean quiet, boolean verbose, boolean objects) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Logging logging = new Logging(context, err);
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(quiet ? Level.ERROR : Level.WARN);
    root.addAppender(objects ? logging.objects() : logging.lines());
    if (verbose) {
      context.getLogger("dev.capstan").setLevel(Level.DEBUG);
    }
  }

  private Appender<ILoggingEvent> lines() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    // Names from files may hold what steers a terminal.
    encoder.setPattern("%d{HH:mm:ss} %-5level %logger{0}: %replace(%msg){'\\p{Cntrl}', '?'}%n");
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(err);
    appender.start();
    return appender;
  }

  private Appender<ILoggingEvent> objects() {
    Appender<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
            fields.put("logger", event.getLoggerName());
            fields.put("text", event.getFormattedMessage());
            ProgressObjects.event(err, "log", fields);
          }
        };
    appender.setContext(context);
    appender.start();
    return appender;
  }
}
