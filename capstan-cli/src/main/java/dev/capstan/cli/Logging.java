package dev.capstan.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.PrintStream;
import org.slf4j.LoggerFactory;

/**
 * Sends the log to {@code err}. Done in code: reading an XML file would cost more than the rest.
 */
final class Logging {
  private Logging() {}

  /** Warnings and errors; with {@code quiet} errors only, with {@code verbose} all of our own. */
  static void start(PrintStream err, boolean quiet, boolean verbose) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(quiet ? Level.ERROR : Level.WARN);
    root.addAppender(appender(context, err));
    if (verbose) {
      context.getLogger("dev.capstan").setLevel(Level.DEBUG);
    }
  }

  private static OutputStreamAppender<ILoggingEvent> appender(
      LoggerContext context, PrintStream err) {
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
}
