import dev.capstan.dataset.DatasetFormat;
import dev.capstan.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.ZipFile;

/** An example: a zip file of images, {@code CLASS/NAME.jpg} or without classes. */
public final class ZipImages implements DatasetFormat {
  @Override
  public String name() {
    return "a zip file of images";
  }

  @Override
  public boolean reads(Path path) {
    return path.toString().endsWith(".zip");
  }

  @Override
  public ImageSet open(Path path) throws IOException {
    List<String> names = new ArrayList<>();
    try (ZipFile zip = new ZipFile(path.toFile())) {
      zip.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.matches("(?i).*\\.(jpe?g|png)"))
          .sorted()
          .forEach(names::add);
    }
    TreeSet<String> classes = new TreeSet<>();
    names.stream().map(ZipImages::folder).filter(name -> !name.isEmpty()).forEach(classes::add);
    return new Images(path, names, List.copyOf(classes));
  }

  private static String folder(String name) {
    return name.substring(0, Math.max(0, name.indexOf('/')));
  }

  private record Images(Path file, List<String> names, List<String> classes) implements ImageSet {
    @Override
    public int size() {
      return names.size();
    }

    @Override
    public int label(int index) {
      return classes.indexOf(folder(names.get(index)));
    }

    @Override
    public String name(int index) {
      return file + ", " + names.get(index);
    }

    /** Opened anew for each image: many threads read at once. */
    @Override
    public RgbImage image(int index, Decoder decoder) throws IOException {
      try (ZipFile zip = new ZipFile(file.toFile())) {
        return decoder.decode(zip.getInputStream(zip.getEntry(names.get(index))).readAllBytes());
      }
    }
  }
}
