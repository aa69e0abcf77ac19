package dev.capstan.cli;

import dev.capstan.cli.help.Example;
import dev.capstan.cli.help.InGroup;
import dev.capstan.cli.help.OptionGroup;
import dev.capstan.cli.option.ComputeArguments;
import dev.capstan.cli.terminal.WorkDisplay;
import dev.capstan.job.CompressJob;
import dev.capstan.job.Inputs;
import dev.capstan.pipeline.demo.Demo;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code capstan demo}: the main job on an embedded example. */
@Example("demo")
@Command(
    name = "demo",
    description = "Compress a small network on drawn images: nothing to prepare, 2 minutes or so.")
final class DemoCommand implements Callable<Integer> {
  private final RootCommand root;

  @InGroup(OptionGroup.FILES)
  @Option(
      names = {"-o", "--out", "--output"},
      paramLabel = "DIR",
      defaultValue = "capstan-demo",
      description = "Folder for images and results. Default: ${DEFAULT-VALUE}.")
  private Path folder = Path.of("capstan-demo");

  @Mixin private ComputeArguments compute = new ComputeArguments();

  DemoCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    root.requireLibtorch();
    WorkDisplay display = root.display();
    display.note("drawing images of ten shapes and textures into " + folder.resolve("images"));
    CompressJob prepared = Demo.prepare(folder);
    CompressJob job = prepared.with(prepared.inputs().with(compute.compute()));
    Inputs inputs = job.inputs();
    display.note(
        "compressing %s to half of its multiply-accumulates, as this would:"
            .formatted(inputs.model()));
    display.note(
        "  capstan compress %s --data %s --val %s --keep-macs %s --learn-images %d --fine-tune-epochs %d -o %s"
            .formatted(
                inputs.model(),
                inputs.data(),
                inputs.validation(),
                job.options().ranks().goal().amount(),
                job.options().bases().learnImages(),
                job.options().tuning().epochs(),
                job.output()));
    return CompressCommand.run(root, job);
  }
}
