package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.capstan.data.ImageIoDecoder;
import dev.capstan.data.format.PngFolder;
import dev.capstan.data.shapes.ShapeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the shell blocks of the documents say is done, block by block, where files of the names that
 * they use lie: nightly, since it takes minutes. Blocks that tell of data which nobody has at hand
 * are only parsed ({@link DocsTest}). {@code -Dcapstan.docs=docs/usage.md} runs those of one.
 */
final class DocsRunTest {
  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  /** How long things take is left to the settings; the commands stand as they are. */
  private static final Map<String, String> SHORT =
      Map.of(
          "CAPSTAN_LEARN_IMAGES", "128",
          "CAPSTAN_MEASURE_IMAGES", "16",
          "CAPSTAN_THREADS", "1");

  /** A limit that is missed is an answer, too: those of an example are of another network. */
  private static final String STOP = "trap 'code=$?; [ $code = 3 ] || exit $code' ERR\n";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/tutorial.md",
        "docs/usage.md",
        "docs/own-data.md",
        "docs/ci.md"
      })
  void canBeDone(String document) throws Exception {
    String asked = System.getProperty("capstan.docs", "");
    assumeThat(asked.equals("true") || asked.equals(document)).isTrue();
    assumeThat(Path.of("/bin/bash")).isExecutable();
    prepare();
    Matcher block = SHELL.matcher(Files.readString(Path.of("..").resolve(document)));
    int blocks = 0;
    while (block.find()) {
      run(document + ", block " + ++blocks, block.group(1));
    }
    assertThat(blocks).isPositive();
  }

  /** The tutorial's model is the demo's, which its Python takes from there. */
  private void prepare() throws IOException {
    Samples.trainedModel(folder.resolve("model.onnx"));
    draw("images/train", 200);
    draw("images/val", 100);
    Samples.flat(folder.resolve("images/val"), folder.resolve("photos"));
    Samples.flat(folder.resolve("images/val"), folder.resolve("few-images"));
    ConvertCommandTest.weights("resnet20", folder.resolve("resnet20.safetensors"));
    launcher(folder.resolve("capstan"));
    CommandLineRun small =
        CommandLineRun.ofCompress(
            List.of(
                folder.resolve("model.onnx").toString(),
                "--data=" + folder.resolve("images/train"),
                "--keep-macs=0.9",
                "--method=activation",
                "--threads=1"));
    assertThat(small.code()).as(small.err()).isZero();
  }

  private void draw(String name, int images) {
    Path target = folder.resolve(name);
    target.getParent().toFile().mkdirs();
    PngFolder.write(new ShapeImages(images, images), new ImageIoDecoder(), target);
  }

  /** Starts what this test runs in, as the launcher starts what was built. */
  private static void launcher(Path file) throws IOException {
    Files.writeString(
        file,
        "#!/bin/sh\nexec '%s' -Xmx2g -cp '%s' %s \"$@\"\n"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                Main.class.getName()));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void run(String what, String block) throws Exception {
    Path words = folder.resolve("words.txt");
    ProcessBuilder bash =
        new ProcessBuilder("/bin/bash", "-c", STOP + block + "true").directory(folder.toFile());
    bash.environment().putAll(SHORT);
    if (!block.contains("--time ")) {
      bash.environment().put("CAPSTAN_FORWARD_RUNS", "4000");
    }
    bash.environment().merge("PATH", folder.toString(), (path, own) -> own + ":" + path);
    int code = bash.redirectErrorStream(true).redirectOutput(words.toFile()).start().waitFor();
    assertThat(code).as(what + "\n" + block + "\n" + Files.readString(words)).isZero();
  }
}
