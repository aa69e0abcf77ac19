package dev.capstan.data.format;

import dev.capstan.dataset.DatasetFormat;
import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A format of a user's: a file {@code *.own} with a label a line, of the classes a and b. */
public final class OwnFormat implements DatasetFormat {
  @Override
  public String name() {
    return "labels alone";
  }

  @Override
  public boolean reads(Path path) {
    return path.toString().endsWith(".own");
  }

  @Override
  public ImageSet open(Path path) throws IOException {
    List<String> lines = Files.readAllLines(path);
    if (lines.contains("damaged")) {
      throw new IOException("line 1 is damaged");
    }
    return new Labels(lines.stream().map(Integer::valueOf).toList());
  }

  private record Labels(List<Integer> labels) implements ImageSet {
    @Override
    public int size() {
      return labels.size();
    }

    @Override
    public List<String> classes() {
      return List.of("a", "b");
    }

    @Override
    public int label(int index) {
      return labels.get(index);
    }

    @Override
    public String name(int index) {
      return "line " + (index + 1);
    }

    @Override
    public RgbImage image(int index, Decoder decoder) {
      return new RgbImage(1, 1, new byte[] {(byte) index, 0, 0});
    }
  }
}
