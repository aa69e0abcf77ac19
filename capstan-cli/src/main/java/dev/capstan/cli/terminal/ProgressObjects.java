package dev.capstan.cli.terminal;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import tools.jackson.databind.json.JsonMapper;

/** One JSON object a line, for programs: where a task begins, at most every second, at its end. */
public final class ProgressObjects implements Progress {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final JsonMapper JSON = new JsonMapper();

  private final PrintStream err;
  private final String task;
  private final long total;
  private final Pace pace;
  private long reached;
  private String shown = "";

  /** Tells that the task begins. */
  public ProgressObjects(PrintStream err, String task, long total, LongSupplier clock) {
    this.err = err;
    this.task = task;
    this.total = total;
    this.pace = new Pace(INTERVAL, clock);
    print("begin");
  }

  @Override
  public void reached(long done, String figures) {
    reached = done;
    shown = figures;
    alive();
  }

  @Override
  public void alive() {
    if (pace.isDue()) {
      print("progress", Map.of("figures", shown));
    }
  }

  @Override
  public void close() {
    print("end");
  }

  private void print(String event) {
    print(event, Map.of());
  }

  private void print(String event, Map<String, ?> more) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("task", task);
    fields.put("done", reached);
    fields.put("total", total);
    fields.put("seconds", pace.seconds());
    if (reached > 0) {
      fields.put("secondsLeft", pace.secondsLeft(reached, total));
    }
    fields.putAll(more);
    event(err, event, fields);
  }

  /** Prints something that happened. */
  public static void event(PrintStream err, String event, Map<String, ?> fields) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("event", event);
    all.putAll(fields);
    err.println(JSON.writeValueAsString(all));
  }
}
