package dev.capstan.data;

import dev.capstan.graph.Shape;
import dev.capstan.image.Augmentation;
import dev.capstan.image.Augmentation.Placement;
import dev.capstan.image.Preprocessing;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * How an image of a set becomes the inputs of a network: in two steps, so that what takes long is
 * done once and what it gives is kept. Serves many threads at once.
 */
public interface Feed {
  /** The shape of each of the network's inputs, in order, for one image: without the batch. */
  List<Shape> shapes();

  /**
   * Reads an image.
   *
   * @return what can be kept of it
   * @throws IOException if it cannot be read or is damaged
   * @throws dev.capstan.error.InvalidInputException if it does not fit the network
   */
  byte[] read(Dataset set, int index) throws IOException;

  /**
   * Writes one image into a batch.
   *
   * @param read what {@link #read} gave
   * @param place what to show of it
   * @param targets zeros for each input, of which those of image {@code slot} are written
   */
  void write(byte[] read, Placement place, float[][] targets, int slot);

  /** What a network is shown of an image in an epoch. */
  Placement place(Augmentation augmentation, long epoch, int index);

  /**
   * Fails where images cannot be changed in this way.
   *
   * @throws dev.capstan.error.InvalidInputException saying why
   */
  void check(Augmentation augmentation);

  /** What reads the images; decoders differ a little, so a result names it. */
  String reader();

  /** What is done to pictures; empty where images are none, but arrays that go in as they are. */
  Optional<Preprocessing> preprocessing();
}
