package dev.capstan.data;

import dev.capstan.error.InvalidInputException;
import dev.capstan.image.Augmentation;
import dev.capstan.image.Preprocessing;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of a set as a network will see them, decoded once where memory allows.
 *
 * <p>One store serves every use of a set: calibration, learning and judging share what it keeps, in
 * bytes, before augmentation and normalisation. What finds no room is read and decoded each time;
 * the batches are the same. Damaged images, and those too large to work with, are left out and
 * remembered.
 */
public final class ImageStore {
  private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);

  private final Dataset dataset;
  private final Feed feed;
  private final AtomicReferenceArray<byte @Nullable []> kept;
  private final AtomicLong room;
  private final NavigableMap<Integer, String> skipped = new ConcurrentSkipListMap<>();

  /**
   * A store that keeps up to {@code cacheBytes} of what its feed reads: of a picture height x width
   * x 3 bytes.
   *
   * @param cacheBytes 0 keeps nothing
   */
  public ImageStore(Dataset dataset, Feed feed, long cacheBytes) {
    this.dataset = dataset;
    this.feed = feed;
    this.kept = new AtomicReferenceArray<>(dataset.size());
    this.room = new AtomicLong(cacheBytes);
  }

  /** A store that keeps at most a quarter of the Java heap: 50,000 images of 32x32 are 154 MB. */
  public ImageStore(Dataset dataset, Feed feed) {
    this(dataset, feed, Runtime.getRuntime().maxMemory() / 4);
  }

  /** A store of pictures. */
  public ImageStore(Dataset dataset, ImageDecoder decoder, Preprocessing preprocessing) {
    this(dataset, new PictureFeed(decoder, preprocessing));
  }

  /** The images and labels. */
  public Dataset dataset() {
    return dataset;
  }

  /** How they become the inputs of a network. */
  public Feed feed() {
    return feed;
  }

  /**
   * The images of an order in batches, prepared ahead on {@code threads} threads until closed.
   *
   * @param batchSize images a batch; the last one may be smaller, as may one with damaged images
   */
  public Batches batches(Order order, Augmentation augmentation, int batchSize, int threads) {
    return new Batches(this, order, augmentation, batchSize, Division.NONE, threads);
  }

  /**
   * The images of an order in steps, prepared ahead on {@code threads} threads until closed.
   *
   * @param images of a step, over all processes; the last one may have fewer
   * @param division of a step
   */
  public Steps steps(
      Order order, Augmentation augmentation, int images, Division division, int threads) {
    return new Steps(new Batches(this, order, augmentation, images, division, threads));
  }

  /** The damaged images met so far, each with what is wrong, in the order of the set. */
  public List<String> skipped() {
    return List.copyOf(skipped.values());
  }

  /** The same by place in the set. */
  public SortedMap<Integer, String> skippedByIndex() {
    return new TreeMap<>(skipped);
  }

  /**
   * Leaves an image out that others could not read.
   *
   * @param what what is wrong with it, as {@link #skipped} says it
   */
  public void leaveOut(int index, String what) {
    skipped.putIfAbsent(index, what);
  }

  /**
   * An image as its feed reads it; null if it is damaged.
   *
   * @throws InvalidInputException if it does not fit the network
   */
  byte @Nullable [] read(int index) {
    byte[] known = kept.get(index);
    if (known != null || skipped.containsKey(index)) {
      return known;
    }
    try {
      return keep(index, fit(index));
    } catch (IOException e) {
      skip(index, e);
      return null;
    }
  }

  private byte[] fit(int index) throws IOException {
    try {
      return feed.read(dataset, index);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(named(index, e), e);
    }
  }

  private byte[] keep(int index, byte[] read) {
    // Two threads may have decoded one image where an epoch ends: it takes room once.
    if (room.addAndGet(-read.length) < 0 || !kept.compareAndSet(index, null, read)) {
      room.addAndGet(read.length);
    }
    return read;
  }

  private void skip(int index, IOException cause) {
    String message = named(index, cause);
    if (skipped.putIfAbsent(index, message) == null) {
      LOG.warn("skipped {}", message);
    }
  }

  /** One line, whatever the image is called. */
  private String named(int index, Exception cause) {
    return dataset.name(index).replaceAll("\\p{Cntrl}", "?") + ": " + why(cause);
  }

  /** Exceptions of files say no more than their names; some decoders' say nothing. */
  private static String why(Exception cause) {
    if (cause instanceof FileSystemException file) {
      String reason = file.getReason();
      return reason == null
          ? "no such file, or a name that is not in the system's encoding"
          : reason;
    }
    String message = cause.getMessage();
    return message == null ? "damaged" : message;
  }
}
