package consumer;

import dev.capstan.job.CompressJob;
import dev.capstan.pipeline.Compressor;
import dev.capstan.recipe.WorkListener;
import dev.capstan.report.CompressReport;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;

/** Compresses a model with nothing but what the library exports; follows one job, stops another. */
public final class Consumer {
  private Consumer() {}

  /** Takes the folder to work in. */
  public static void main(String[] words) throws IOException {
    Path folder = Files.createDirectories(Path.of(words[0]).resolve("work"));
    Path model = folder.resolve("model.onnx");
    try (InputStream demo = Compressor.class.getResourceAsStream("demo/demo.onnx")) {
      Files.copy(demo, model, StandardCopyOption.REPLACE_EXISTING);
    }
    CompressJob job =
        CompressJob.of(model, images(folder.resolve("images")), folder.resolve("small.onnx"))
            .withKeepMacs(0.5)
            .withOverwrite();
    stopped(job);
    List<String> heard = new ArrayList<>();
    List<Path> told = new ArrayList<>();
    CompressReport report = Compressor.run(job, follower(heard), told::add);
    expect(report.macs().kept() <= 0.5, "half of the MACs");
    expect(!heard.isEmpty(), "work is followed");
    expect(told.size() == 1 && Files.exists(told.get(0)), "the record is handed to its writer");
  }

  private static WorkListener follower(List<String> heard) {
    return new WorkListener() {
      @Override
      public void begin(String what, long steps) {
        heard.add(what);
      }
    };
  }

  /** Whatever a listener throws ends the job, and nothing is written. */
  private static void stopped(CompressJob job) {
    try {
      Compressor.run(
          job,
          new WorkListener() {
            @Override
            public void begin(String what, long steps) {
              throw new CancellationException(what);
            }
          });
      throw new IllegalStateException("it went on");
    } catch (CancellationException e) {
      expect(!Files.exists(job.output()), "nothing is written by what is stopped");
    }
  }

  private static Path images(Path folder) throws IOException {
    Random random = new Random(1);
    Files.createDirectories(folder);
    for (int i = 0; i < 40; i++) {
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(random.nextInt(16), random.nextInt(16), 16, 16);
      graphics.dispose();
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
    }
    return folder;
  }

  private static void expect(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("expected: " + what);
    }
  }
}
