package dev.capstan.data;

import dev.capstan.data.npy.ArrayFile;
import dev.capstan.error.InvalidInputException;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import dev.capstan.image.Augmentation;
import dev.capstan.image.Augmentation.Placement;
import dev.capstan.image.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Arrays for a network with any inputs, as they stand in files of NumPy's: one file an image, one
 * array an input, by its name. They go in as they are, cut to float32, and are never augmented:
 * nobody knows what their axes mean.
 */
public final class ArrayFeed implements Feed {
  /** Enough to tell that a set holds nothing for a network. */
  private static final int TRIED = 10;

  private final List<String> names;
  private final List<Shape> shapes;

  private ArrayFeed(List<String> names, List<Shape> shapes) {
    this.names = names;
    this.shapes = shapes;
  }

  /**
   * A feed for some inputs. What they leave open is as in the first file of the set.
   *
   * @param inputs the network's, each with the batch as its first axis
   * @throws InvalidInputException if that file does not fit them, or none of the first can be read
   */
  public static ArrayFeed of(List<Value> inputs, Dataset set) {
    IOException flaw = new IOException("no file");
    for (int index = 0; index < Math.min(TRIED, set.size()); index++) {
      try {
        return of(inputs, set, index);
      } catch (IOException e) {
        flaw = e;
      } catch (InvalidInputException e) {
        throw new InvalidInputException(set.name(index) + ": " + e.getMessage(), e);
      }
    }
    throw new InvalidInputException(set.name(0) + ": " + flaw.getMessage(), flaw);
  }

  private static ArrayFeed of(List<Value> inputs, Dataset set, int index) throws IOException {
    List<String> names = inputs.stream().map(Value::name).toList();
    List<Shape> open = inputs.stream().map(ArrayFeed::row).toList();
    List<Constant> arrays = new ArrayFeed(names, open).arrays(set, index);
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < open.size(); i++) {
      shapes.add(bound(open.get(i), arrays.get(i).shape()));
    }
    return new ArrayFeed(names, shapes);
  }

  private static Shape row(Value input) {
    Shape shape = input.type().shape();
    if (shape.rank() == 0) {
      throw new InvalidInputException(
          "input '%s' is a single number, the same for all images: give it with setting 'input' %s=NUMBER"
              .formatted(input.name(), input.name()));
    }
    return new Shape(shape.dims().subList(1, shape.rank()));
  }

  private static Shape bound(Shape open, Shape found) {
    Shape bound = open;
    int before = found.rank() - open.rank();
    for (int axis = 0; axis < open.rank(); axis++) {
      bound = bound.with(axis, Dim.of(found.size(before + axis)));
    }
    return bound;
  }

  /** The arrays of an image, one an input; where both are but one, whatever its name. */
  private List<Constant> arrays(Dataset set, int index) throws IOException {
    Map<String, TensorType> seen = new LinkedHashMap<>();
    Map<String, Constant> found =
        ArrayFile.read(
            set.arrays(index),
            (name, type) -> {
              seen.put(name, type);
              return isWanted(name, type.shape());
            });
    boolean one = names.size() == 1 && found.size() == 1;
    List<Constant> arrays = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Constant array = one ? found.values().iterator().next() : found.get(names.get(i));
      if (array == null) {
        throw misfit(i, seen);
      }
      arrays.add(array);
    }
    return arrays;
  }

  private boolean isWanted(String name, Shape found) {
    int input = names.size() == 1 ? 0 : names.indexOf(name);
    return input >= 0 && fits(shapes.get(input), found);
  }

  private InvalidInputException misfit(int input, Map<String, TensorType> seen) {
    String found =
        seen.entrySet().stream()
            .map(array -> "'" + array.getKey() + "' " + array.getValue().shape())
            .collect(Collectors.joining(", "));
    return new InvalidInputException(
        "expected an array '%s' of shape %s, found %s: one array an input, by its name"
            .formatted(names.get(input), shapes.get(input), found.isEmpty() ? "none" : found));
  }

  /** Whether an array is one image's, with or without a first axis that counts one image. */
  private static boolean fits(Shape row, Shape found) {
    int before = found.rank() - row.rank();
    boolean fits = before == 0 || (before == 1 && found.size(0) == 1);
    for (int axis = 0; fits && axis < row.rank(); axis++) {
      fits = row.size(axis) < 0 || row.size(axis) == found.size(before + axis);
    }
    return fits;
  }

  @Override
  public List<Shape> shapes() {
    return shapes;
  }

  /** The elements of all inputs as float32, one after the other. */
  @Override
  public byte[] read(Dataset set, int index) throws IOException {
    long elements = shapes.stream().mapToLong(Shape::elements).sum();
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(elements * Float.BYTES));
    for (Constant array : arrays(set, index)) {
      for (float value : ArrayFile.floats(array)) {
        if (!Float.isFinite(value)) {
          throw new IOException("an array holds " + value);
        }
        bytes.putFloat(value);
      }
    }
    return bytes.array();
  }

  @Override
  public void write(byte[] read, Placement place, float[][] targets, int slot) {
    FloatBuffer elements = ByteBuffer.wrap(read).asFloatBuffer();
    for (int i = 0; i < targets.length; i++) {
      int count = (int) shapes.get(i).elements();
      elements.get(targets[i], slot * count, count);
    }
  }

  @Override
  public Placement place(Augmentation augmentation, long epoch, int index) {
    return Placement.PLAIN;
  }

  @Override
  public void check(Augmentation augmentation) {
    if (augmentation.cutout() > 0) {
      throw new InvalidInputException(
          "a cutout erases a square of a picture, and these images are arrays: leave it out");
    }
  }

  @Override
  public String reader() {
    return "npz";
  }

  @Override
  public Optional<Preprocessing> preprocessing() {
    return Optional.empty();
  }
}
