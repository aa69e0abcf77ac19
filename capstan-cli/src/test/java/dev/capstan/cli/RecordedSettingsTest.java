package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.option.JobOptions;
import dev.capstan.job.CompressJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** A job becomes options, and those the same job: what {@code compress --from} goes by. */
final class RecordedSettingsTest {
  /** How a run is followed, stopped or tried, and what it is read from, is no part of a job. */
  private static final Set<String> NOT_OF_JOBS =
      Set.of(
          "help-all",
          "version",
          "json",
          "quiet",
          "verbose",
          "config",
          "from",
          "dry-run",
          "resume",
          "peer-timeout",
          "progress");

  private static final String ALL =
      "net.onnx --data=images --val=judged --accept-chance --metric=mine --metric-jar=mine.jar"
          + " --mean=1.5,2,3 --std=4,5,6 --channels=bgr --range=byte --resize=letterbox --size=40"
          + " --crop=48x32 --layout=nhwc --outputs=values --input=info=1,2 --classes=names.txt"
          + " --threads=3 --precision=bf16 -o small.onnx --force --keep-macs=0.4 --max-error=0.3"
          + " --min-agreement=0.8 --method=pca --forward-runs=9000 --multiple=2 --min-rank=3"
          + " --include=a*,b --exclude=c --measure-images=17 --curves=curves.json --ranks=uniform"
          + " --residual=keep --learn-images=99 --few-images --re-estimate=on --refit=off --seed=5"
          + " --fine-tune-epochs=3 --checkpoint=state --batch=8 --rate=0.25 --muon-rate=0.125"
          + " --label-smoothing=0.1 --ema=0.99 --shift=2 --cutout=4 --distillation=0.7 --temperature=2"
          + " --features=1.5 --teacher-epochs=2 --thumbnails --micro-batches=3";

  private static CompressJob job(List<String> args) {
    List<String> all = new ArrayList<>(List.of("compress"));
    all.addAll(args);
    CommandLine.ParseResult parsed = Main.tool().parseArgs(all.toArray(String[]::new));
    return ((CompressCommand) parsed.subcommand().commandSpec().userObject()).job();
  }

  private static List<String> asArguments(Map<String, String> options) {
    List<String> args = new ArrayList<>();
    options.forEach(
        (name, value) -> args.add(name.equals("MODEL") ? value : "--" + name + "=" + value));
    return args;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ALL,
        "net.onnx --data=images",
        "net.onnx --data=images --latency-speedup=2 --time=10m --fine-tune-epochs=0",
        "net.onnx --data=images --max-drop=0.5 --fine-tune-epochs=4 --optimizer=adam",
        "net.onnx --data=images --plan=plan.json --fine-tune-epochs=2 --batch=32"
      })
  void theOptionsOfAJobAskForIt(String line) {
    CompressJob job = job(List.of(line.split(" ")));

    CompressJob again = job(asArguments(JobOptions.of(job)));

    if (line.contains("--time")) {
      again = again.with(again.options().with(job.options().effort()));
    }
    assertThat(again).usingRecursiveComparison().ignoringFields("account.command").isEqualTo(job);
  }

  /** An option that is added and forgotten here would be lost where a job is done again. */
  @Test
  void noOptionIsForgotten() {
    Set<String> named = new TreeSet<>(JobOptions.of(job(List.of(ALL.split(" ")))).keySet());
    named.addAll(JobOptions.excludedBy(Set.of("keep-macs", "time")));
    named.addAll(Set.of("optimizer", "preset"));

    Set<String> options =
        Main.tool().getSubcommands().get("compress").getCommandSpec().options().stream()
            .map(OptionSpec::longestName)
            .map(name -> name.replaceFirst("^-+", ""))
            .filter(name -> !NOT_OF_JOBS.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named).containsAll(options);
  }

  @Test
  void whatIsGivenDoesAwayWithItsAlternatives() {
    Map<String, String> options = new TreeMap<>(JobOptions.of(job(List.of(ALL.split(" ")))));
    options.keySet().removeAll(JobOptions.excludedBy(Set.of("max-drop", "time")));

    assertThat(options).doesNotContainKeys("keep-macs", "forward-runs").containsKey("seed");
  }
}
