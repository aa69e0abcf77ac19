package dev.capstan.pipeline.input;

import dev.capstan.cost.Cost;
import dev.capstan.data.Dataset;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Graph;
import dev.capstan.graph.Shape;
import dev.capstan.graph.ShapeInference;
import dev.capstan.graph.Value;
import dev.capstan.image.Preprocessing.AxisOrder;
import dev.capstan.job.PreprocessingOptions;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.outputs.OutputKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The size at which a network is worked with that leaves height or width of its images open, where
 * nobody says one: what its metadata tell, else the images' own, as far as its layers take that and
 * a run stays affordable, else, or where there are none, the first usual one that they take.
 *
 * <p>Whether layers take a size, their shapes tell: a wrong one fails, at a Gemm behind a Flatten,
 * or where a stream meets what was scaled down and up again.
 */
public final class OpenSize {
  /** Most networks halve their images five times; some more, and some need no such multiple. */
  private static final List<Integer> MULTIPLES = List.of(32, 64, 128, 16, 8, 4, 2, 1);

  /** Sides of squares that networks are often trained with. */
  private static final int[] USUAL = {224, 256, 320, 384, 416, 512, 640, 299, 32, 64, 96, 128, 28};

  private static final int LARGEST = 1024;

  /** Classifiers of photos mostly see so many pixels; the rest of a photo costs, and tells less. */
  private static final double CLASSIFIED = 224 * 224;

  /** Detectors and the like mostly see so many at most. */
  private static final double OTHERWISE = 640 * 640;

  /** Somewhat more than a ResNet-50 of photos takes: a job makes thousands of runs. */
  private static final double MACS = 5e9;

  /** The same of what layers give: a batch of 16 images keeps 2 GB of it. */
  private static final double ELEMENTS = 32e6;

  /** What exporters of detectors write into their files. */
  private static final String TOLD = "imgsz";

  private static final Pattern SIDES = Pattern.compile("\\[?(\\d{1,5})\\s*,\\s*(\\d{1,5})]?");

  private final SourceModel file;
  private final PreprocessingOptions known;
  private final long height;
  private final long width;

  private OpenSize(SourceModel file, PreprocessingOptions known, Value input) {
    Shape shape = input.type().shape();
    boolean planes = InputPreprocessing.layout(known, input) == AxisOrder.NCHW;
    this.file = file;
    this.known = known;
    this.height = shape.size(planes ? 2 : 1);
    this.width = shape.size(planes ? 3 : 2);
  }

  /**
   * A size that was chosen.
   *
   * @param extent in pixels
   * @param why in words
   */
  public record Chosen(Extent extent, String why) {}

  /**
   * Chooses one for images.
   *
   * @param said what the user says of pictures
   * @return empty where there is nothing to choose, or nothing found that the layers take
   * @throws InvalidInputException if the network's input is no picture
   */
  static Optional<Chosen> of(SourceModel file, Dataset images, PreprocessingOptions said) {
    return images.isOfArrays() ? Optional.empty() : of(file, said, () -> ImageSides.of(images));
  }

  /** The same where there are no images. */
  public static Optional<Chosen> of(SourceModel file, PreprocessingOptions said) {
    return of(file, said, () -> ImageSides.UNKNOWN);
  }

  private static Optional<Chosen> of(
      SourceModel file, PreprocessingOptions said, Supplier<ImageSides> sides) {
    PreprocessingOptions known = said.or(ToldPreprocessing.of(file.graph().metadata()));
    List<Value> inputs = file.graph().inputs();
    boolean isPicture = inputs.size() == 1 && inputs.get(0).type().shape().rank() == 4;
    if (!isPicture || known.crop().isGiven() || known.size() > 0) {
      return Optional.empty();
    }
    OpenSize open = new OpenSize(file, known, inputs.get(0));
    return open.height < 0 || open.width < 0 ? open.chosen(sides) : Optional.empty();
  }

  private Optional<Chosen> chosen(Supplier<ImageSides> images) {
    // Whatever is wrong with the input but its size is told at once.
    InputPreprocessing.of(known.withCrop(framed(MULTIPLES.get(0), MULTIPLES.get(0))), file.graph());
    Optional<Chosen> told = told();
    if (told.isPresent()) {
      return told;
    }
    ImageSides sides = images.get();
    String why =
        sides == ImageSides.UNKNOWN
            ? "a usual one that its layers take"
            : "its layers take none near that of the images";
    return near(sides).or(() -> usual(why));
  }

  private Optional<Chosen> told() {
    String property = file.graph().metadata().properties().getOrDefault(TOLD, "");
    Matcher sides = SIDES.matcher(property);
    if (!sides.matches()) {
      return Optional.empty();
    }
    Extent said = framed(Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
    return at(said) == null
        ? Optional.empty()
        : Optional.of(new Chosen(said, "as its metadata '%s' say".formatted(TOLD)));
  }

  /** As large as the images, no larger than is affordable. */
  private Optional<Chosen> near(ImageSides sides) {
    if (!sides.median().isGiven()) {
      return Optional.empty();
    }
    Extent own = scaled(sides.median(), Double.MAX_VALUE);
    Graph asTheyAre = sides.alike() && pixels(own) <= OTHERWISE ? at(own) : null;
    if (asTheyAre != null && pixels(own) <= most(asTheyAre, own)) {
      return Optional.of(
          new Chosen(own, "that of all %d images looked at".formatted(sides.seen())));
    }
    return MULTIPLES.stream().flatMap(step -> near(sides, step).stream()).findFirst();
  }

  private Optional<Chosen> near(ImageSides sides, int step) {
    Extent first = rounded(scaled(sides.median(), OTHERWISE), step);
    Graph bound = at(first);
    if (bound == null) {
      return Optional.empty();
    }
    double most = most(bound, first);
    Extent less = rounded(scaled(sides.median(), most), step);
    String why =
        "near the median of %d images, %s%s%s"
            .formatted(
                sides.seen(),
                sides.median(),
                pixels(less) < 0.75 * pixels(sides.median()) ? ", " + limit(bound, most) : "",
                step > 1 ? ", in multiples of " + step : "");
    return at(less) == null ? Optional.empty() : Optional.of(new Chosen(less, why));
  }

  /** Where the images tell nothing that fits, layers may: squares, or the side that is open. */
  private Optional<Chosen> usual(String why) {
    Stream<Integer> steps =
        Stream.of(32, 16, 8, 4, 1)
            .flatMap(step -> IntStream.rangeClosed(1, LARGEST / step).mapToObj(i -> i * step));
    return Stream.concat(Arrays.stream(USUAL).boxed(), steps.distinct())
        .map(side -> framed(side, side))
        .filter(size -> at(size) != null)
        .findFirst()
        .map(size -> new Chosen(size, why));
  }

  /** The network for images of a size, null if its layers do not take it. */
  private @Nullable Graph at(Extent size) {
    try {
      return file.bound(ModelInput.pictures(known.withCrop(size), file.graph()).shapes());
    } catch (InvalidInputException e) {
      return null;
    }
  }

  /** How many pixels are affordable, by what so many cost. */
  private static double most(Graph bound, Extent size) {
    double byMacs = MACS / Math.max(1, Cost.of(bound).macs());
    double byElements = ELEMENTS / Math.max(1, ShapeInference.leastElements(bound));
    return Math.min(usually(bound), pixels(size) * Math.min(byMacs, byElements));
  }

  private static double usually(Graph bound) {
    return OutputKind.of(bound) == OutputKind.CLASSES ? CLASSIFIED : OTHERWISE;
  }

  private static String limit(Graph bound, double most) {
    return most < usually(bound)
        ? "made smaller so that a run stays affordable"
        : "made smaller to about %.0f pixels, as such networks mostly see"
            .formatted(usually(bound));
  }

  private static double pixels(Extent size) {
    return (double) size.height() * size.width();
  }

  /** The images' sides in their proportion, no larger than so many pixels. */
  private Extent scaled(Extent size, double most) {
    double down = size.height();
    double across = size.width();
    if (height > 0) {
      double width = Math.min(across * height / down, Math.max(1, most / height));
      return framed((int) height, atLeastOne(width));
    }
    if (width > 0) {
      double height = Math.min(down * width / across, Math.max(1, most / width));
      return framed(atLeastOne(height), (int) width);
    }
    double factor = Math.min(1, Math.sqrt(most / (down * across)));
    return framed(atLeastOne(factor * down), atLeastOne(factor * across));
  }

  private static int atLeastOne(double side) {
    return (int) Math.max(1, Math.round(side));
  }

  private Extent rounded(Extent size, int step) {
    return framed(rounded(size.height(), step), rounded(size.width(), step));
  }

  private static int rounded(int side, int step) {
    return step * Math.max(1, Math.round((float) side / step));
  }

  /** A size in which the side that the network fixes is the network's. */
  private Extent framed(int down, int across) {
    return new Extent(height > 0 ? (int) height : down, width > 0 ? (int) width : across);
  }
}
