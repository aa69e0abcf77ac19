package dev.capstan.pipeline.input;

import dev.capstan.data.Batch;
import dev.capstan.data.Batches;
import dev.capstan.data.ImageSubset;
import dev.capstan.image.Preprocessing;
import dev.capstan.image.Preprocessing.AxisOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is odd about images to learn from: few, of one colour, copies, of two classes at once. */
final class ImageCheck {
  /** Images that are looked at. */
  private static final int SEEN = 1000;

  private static final int BATCH = 50;

  /** Fewer images than this hardly show a network what it is used for. */
  private static final int FEW = 50;

  /** A share of more than one in so many is told. */
  private static final int TELLING = 10;

  private final ImageSubset images;

  /** The first image of the same pixels, by a hash of them. */
  private final Map<Long, Integer> distinct = new HashMap<>();

  private final List<String> notes = new ArrayList<>();
  private int seen;
  private int flat;
  private int copies;
  private String contradiction = "";

  private ImageCheck(ImageSubset images) {
    this.images = images;
  }

  /**
   * Looks at some images, as a network will see them.
   *
   * @return what is odd, a line each
   */
  static List<String> notes(ImageSubset all, int threads) {
    ImageCheck check = new ImageCheck(all.sample(SEEN, 0));
    try (Batches batches = check.images.batches(BATCH, threads)) {
      batches.forEachRemaining(check::add);
    }
    check.tell(all.size());
    return check.notes;
  }

  private void add(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      seen++;
      flat += isFlat(batch, i) ? 1 : 0;
      Integer other = distinct.putIfAbsent(hash(batch, i), batch.indices()[i]);
      if (other != null) {
        copies++;
        compareLabels(other, batch.indices()[i]);
      }
    }
  }

  private void compareLabels(int one, int other) {
    int first = images.dataset().label(one);
    int second = images.dataset().label(other);
    if (first != second && contradiction.isEmpty()) {
      contradiction =
          "one image is of two classes: %s is '%s', %s is '%s'"
              .formatted(name(one), label(first), name(other), label(second));
    }
  }

  private String name(int index) {
    return images.dataset().name(index);
  }

  private String label(int label) {
    return images.dataset().classes().get(label);
  }

  private static long hash(Batch batch, int image) {
    long hash = 1;
    for (Batch.Input input : batch.inputs()) {
      for (int i = image * input.row(); i < (image + 1) * input.row(); i++) {
        int bits = Float.floatToIntBits(input.values()[i]);
        hash = 0x9e3779b97f4a7c15L * (hash ^ (hash >>> 29) ^ bits);
      }
    }
    return hash;
  }

  /** Whether every pixel is the first; of arrays every number. */
  private boolean isFlat(Batch batch, int image) {
    return batch.inputs().stream().allMatch(input -> isFlat(input, image));
  }

  private boolean isFlat(Batch.Input input, int image) {
    Preprocessing shape = images.store().feed().preprocessing().orElse(null);
    int channels = shape == null ? 1 : shape.channels();
    boolean planes = shape == null || shape.layout() == AxisOrder.NCHW;
    int plane = input.row() / channels;
    int from = image * input.row();
    for (int i = 0; i < input.row(); i++) {
      int first = planes ? i / plane * plane : i % channels;
      if (input.values()[from + i] != input.values()[from + first]) {
        return false;
      }
    }
    return true;
  }

  private void tell(int all) {
    if (all < FEW) {
      notes.add(
          "only %d images to learn from: what suits so few hardly suits others; a few hundred are needed"
              .formatted(all));
    }
    if (flat * TELLING > seen) {
      notes.add("%d of %d images are of one colour all over".formatted(flat, seen));
    }
    if (copies * TELLING > seen) {
      notes.add("%d of %d images are copies of others".formatted(copies, seen));
    }
    if (!contradiction.isEmpty()) {
      notes.add(contradiction);
    }
  }
}
