package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.graph.Constant;
import dev.capstan.graph.Dim;
import dev.capstan.graph.Shape;
import dev.capstan.graph.TensorType;
import dev.capstan.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Runs of one node on tensors that mean nothing: they show the shapes that it gives, and whether it
 * treats each image by itself.
 *
 * @param node the node
 * @param opsets versions of the operator sets
 * @param reads type of each input, for any number of images
 * @param constants those that it reads, by name
 * @param whole what else it reads of whole numbers, as the trial of what gives them showed them for
 *     three images: drawn ones might be no places of anything
 */
record Trial(
    NodeProto node,
    Map<String, Long> opsets,
    List<TensorType> reads,
    Map<String, Constant> constants,
    Map<String, Constant> whole) {
  private static final Dim IMAGES = Dim.open("images of a trial");

  /** Relative to the largest element: blocks of another size are summed in another order. */
  private static final double ROUNDING = 1e-4;

  /**
   * What a trial shows.
   *
   * @param gives types of the outputs, for any number of images
   * @param ofThree the outputs for three images
   */
  record Shown(List<TensorType> gives, Map<String, Constant> ofThree) {}

  /**
   * Runs the node on three images and on two of them.
   *
   * @throws UnsupportedException if the runtime does not run it, the shapes hang on what is in the
   *     tensors, or images are mixed
   */
  Shown run(ConstantRuntime runtime, List<String> outputs) {
    Map<String, Constant> three = tensors(3);
    Map<String, Constant> two = new HashMap<>();
    for (int i = 0; i < reads.size(); i++) {
      String input = node.getInput(i);
      Constant tensor = three.get(input);
      if (tensor != null) {
        two.put(input, ImageRows.of(reads.get(i).shape()).withoutFirst(tensor));
      }
    }
    Map<String, Constant> ofThree = run(runtime, three, outputs);
    Map<String, Constant> ofTwo = run(runtime, two, outputs);
    List<TensorType> types = new ArrayList<>();
    for (String output : outputs) {
      Constant found = get(ofThree, output);
      Constant fewer = get(ofTwo, output);
      Shape shape = shape(fewer.sizes(), found.sizes());
      ImageRows rows = ImageRows.of(shape);
      boolean none = found.elements() == 0;
      if (none || rows.axis() < 0 || !isClose(rows.withoutFirst(found), fewer)) {
        throw new UnsupportedException("images are mixed");
      }
      types.add(new TensorType(found.type(), shape));
    }
    return new Shown(types, ofThree);
  }

  /** The node as a model: constants of whole numbers are part of it, a run gives the rest. */
  OneNodeModel model(List<String> outputs) {
    Map<String, Value> fed = new LinkedHashMap<>();
    for (int i = 0; i < reads.size(); i++) {
      String input = node.getInput(i);
      boolean setting = constants.containsKey(input) && !reads.get(i).type().isFloating();
      if (!input.isEmpty() && !setting) {
        fed.put(input, new Value(input, reads.get(i)));
      }
    }
    Map<String, Constant> settings = new HashMap<>(constants);
    settings.keySet().removeAll(fed.keySet());
    return OneNodeModel.of(node, opsets, settings, List.copyOf(fed.values()), outputs);
  }

  private static Constant get(Map<String, Constant> outputs, String name) {
    Constant found = outputs.get(name);
    if (found == null) {
      throw new UnsupportedException("'" + name + "' is not given");
    }
    return found;
  }

  /** Random numbers for what a run gives, or whole ones as they were given. */
  private Map<String, Constant> tensors(int images) {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, Constant> tensors = new HashMap<>(whole);
    for (int i = 0; i < reads.size(); i++) {
      String input = node.getInput(i);
      boolean given = !input.isEmpty() && !constants.containsKey(input);
      if (given && !tensors.containsKey(input)) {
        long[] sizes = sizes(reads.get(i).shape(), images);
        float[] values = new float[Math.toIntExact(Shape.of(sizes).elements())];
        for (int k = 0; k < values.length; k++) {
          values[k] = (float) random.nextDouble(-1, 1);
        }
        tensors.put(input, Constant.of(reads.get(i).type(), values, sizes));
      }
    }
    return tensors;
  }

  private static long[] sizes(Shape shape, int images) {
    long[] sizes = shape.sizes();
    for (int axis = 0; axis < sizes.length; axis++) {
      Dim dim = shape.dims().get(axis);
      if (!dim.isKnown() && !dim.symbol().equals(IMAGES.symbol())) {
        throw new UnsupportedException("extents are open");
      }
      sizes[axis] = dim.isKnown() ? sizes[axis] : images * dim.times();
    }
    return sizes;
  }

  private Map<String, Constant> run(
      ConstantRuntime runtime, Map<String, Constant> tensors, List<String> outputs) {
    Map<String, Constant> all = new HashMap<>(tensors);
    all.putAll(constants);
    return runtime.run(OneNodeModel.of(node, opsets, all, List.of(), outputs).bytes());
  }

  /** The shape for any number of images, by those for two and three. */
  private static Shape shape(long[] two, long[] three) {
    if (two.length != three.length) {
      throw new UnsupportedException("the number of axes hangs on that of images");
    }
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < two.length; axis++) {
      if (two[axis] == three[axis]) {
        dims.add(Dim.of(two[axis]));
      } else if (three[axis] % 3 == 0 && two[axis] == three[axis] / 3 * 2) {
        dims.add(IMAGES.times(Dim.of(three[axis] / 3)));
      } else {
        throw new UnsupportedException("extents are no multiples of the images");
      }
    }
    return new Shape(dims);
  }

  private static boolean isClose(Constant a, Constant b) {
    double largest = 0;
    double off = 0;
    for (int i = 0; i < a.elements(); i++) {
      double one = a.real(i);
      double other = b.real(i);
      if (Double.isFinite(one) || Double.isFinite(other)) {
        largest = Math.max(largest, Math.abs(one));
        off = Math.max(off, Math.abs(one - other));
      }
    }
    return off <= ROUNDING * largest;
  }

  /** The name of the extent that counts images. */
  static Dim images() {
    return IMAGES;
  }
}
