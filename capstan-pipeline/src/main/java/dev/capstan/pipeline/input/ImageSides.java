package dev.capstan.pipeline.input;

import dev.capstan.data.Dataset;
import dev.capstan.data.ImageDecoder;
import dev.capstan.image.RgbImage;
import dev.capstan.job.PreprocessingOptions.Extent;
import dev.capstan.torch.Decoders;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How large the pictures of a set are.
 *
 * @param seen how many were looked at
 * @param median of their heights, and of their widths; NONE where none can be read
 * @param alike whether all that were looked at are of this size
 */
record ImageSides(int seen, Extent median, boolean alike) {
  /** Photos of a camera take a tenth of a second each to decode. */
  private static final int SEEN = 32;

  /** Of no pictures at all. */
  static final ImageSides UNKNOWN = new ImageSides(0, Extent.NONE, false);

  /** Looks at some of a set, evenly spread over it: sets are often sorted. */
  static ImageSides of(Dataset images) {
    int count = Math.min(SEEN, images.size());
    ImageDecoder decoder = Decoders.fast();
    return of(
        IntStream.range(0, count)
            .mapToObj(i -> extent(images, (int) ((long) i * images.size() / count), decoder))
            .filter(Objects::nonNull));
  }

  /** Null of one that cannot be read: who reads them all tells of it. */
  private static @Nullable Extent extent(Dataset images, int index, ImageDecoder decoder) {
    try {
      RgbImage image = images.image(index, decoder);
      return new Extent(image.height(), image.width());
    } catch (IOException e) {
      return null;
    }
  }

  private static ImageSides of(Stream<Extent> extents) {
    List<Extent> all = extents.toList();
    if (all.isEmpty()) {
      return UNKNOWN;
    }
    Extent median = new Extent(median(all, Extent::height), median(all, Extent::width));
    return new ImageSides(all.size(), median, all.stream().allMatch(median::equals));
  }

  private static int median(List<Extent> all, ToIntFunction<Extent> side) {
    return all.stream().mapToInt(side).sorted().skip(all.size() / 2).findFirst().orElseThrow();
  }
}
