package dev.capstan.data;

import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Shape;
import dev.capstan.image.Augmentation;
import dev.capstan.image.Augmentation.Placement;
import dev.capstan.image.Preprocessing;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Pictures for a network with one input: decoded, fitted to it and normalised. */
public final class PictureFeed implements Feed {
  private final ImageDecoder decoder;
  private final Preprocessing shown;
  private final Normalizer normalizer;

  /** Pictures of all formats that the decoder knows. */
  public PictureFeed(ImageDecoder decoder, Preprocessing preprocessing) {
    this.decoder = decoder;
    this.shown = preprocessing;
    this.normalizer = new Normalizer(preprocessing);
  }

  @Override
  public List<Shape> shapes() {
    long[] sizes = shown.shape(1);
    return List.of(Shape.of(Arrays.copyOfRange(sizes, 1, sizes.length)));
  }

  /** Height x width x 3 bytes, or 4 with alpha, before normalisation. */
  @Override
  public byte[] read(Dataset set, int index) throws IOException {
    return shown.fit(set.image(index, decoder)).pixels();
  }

  @Override
  public void write(byte[] read, Placement place, float[][] targets, int slot) {
    normalizer.write(read, place, targets[0], slot * shown.elements());
  }

  @Override
  public Placement place(Augmentation augmentation, long epoch, int index) {
    return augmentation.place(epoch, index, shown.height(), shown.width());
  }

  @Override
  public void check(Augmentation augmentation) {
    int side = augmentation.cutout();
    if (side > Math.min(shown.height(), shown.width())) {
      throw new InvalidInputException(
          "a cutout of %dx%d pixels does not fit into images of %dx%d: give a smaller one"
              .formatted(side, side, shown.height(), shown.width()));
    }
  }

  @Override
  public String reader() {
    return decoder.name();
  }

  @Override
  public Optional<Preprocessing> preprocessing() {
    return Optional.of(shown);
  }
}
